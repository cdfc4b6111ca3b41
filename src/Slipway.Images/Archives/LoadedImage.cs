using Slipway.Content;

namespace Slipway.Images.Archives;

/// <summary>What an archive brought.</summary>
/// <param name="Reference">Null: the archive gives it no name.</param>
/// <param name="Manifest">Of an image or of an index.</param>
public sealed record LoadedImage(ImageReference? Reference, Digest Manifest);
