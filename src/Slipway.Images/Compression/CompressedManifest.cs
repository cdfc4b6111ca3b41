using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Images.Repositories;

namespace Slipway.Images.Compression;

/// <summary>What became of a manifest when its plain layers were compressed.</summary>
/// <param name="Plain">As it is here.</param>
/// <param name="Manifest">Of the compressed image, or the same where nothing was plain.</param>
/// <param name="PlainLayers">For each layer that was compressed now or before, the plain one.</param>
public sealed record CompressedManifest(ManifestRecord Plain, ManifestRecord Manifest, ImmutableDictionary<Digest, Digest> PlainLayers)
{
    /// <summary>Layers that were compressed now, and are to be remembered.</summary>
    internal ImmutableArray<CompressedLayer> Made { get; init; } = [];

    /// <summary>Whether it is another manifest now.</summary>
    public bool IsChanged => Plain.Manifest != Manifest.Manifest;

    /// <summary>What is sent as it is here.</summary>
    public static CompressedManifest Unchanged(ManifestRecord manifest) => new(manifest, manifest, ImmutableDictionary<Digest, Digest>.Empty);
}
