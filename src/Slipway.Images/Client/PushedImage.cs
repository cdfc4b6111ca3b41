using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Images.Compression;

namespace Slipway.Images.Client;

/// <summary>What came of a push.</summary>
/// <param name="There">The manifest that the reference means there.</param>
/// <param name="Here">The manifest that it was made from: another where layers were compressed.</param>
/// <param name="Compression">What was made of plain layers; <see cref="LayerCompression.None"/> where none was compressed.</param>
/// <param name="Bytes">How many went.</param>
/// <param name="Left">The types of what is about the image and stayed here, each as often as there is one of it.</param>
public sealed record PushedImage(Digest There, Digest Here, LayerCompression Compression, long Bytes, ImmutableArray<string> Left);
