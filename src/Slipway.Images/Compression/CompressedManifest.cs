using Slipway.Images.Repositories;

namespace Slipway.Images.Compression;

/// <summary>What became of a manifest when plain layers were compressed.</summary>
/// <param name="Plain">As it is here.</param>
/// <param name="Manifest">Of the compressed image, or the same where nothing was plain.</param>
public sealed record CompressedManifest(ManifestRecord Plain, ManifestRecord Manifest)
{
    /// <summary>Whether it is another manifest now.</summary>
    public bool IsChanged => Plain.Manifest != Manifest.Manifest;

    /// <summary>What is sent as it is here.</summary>
    public static CompressedManifest Unchanged(ManifestRecord manifest) => new(manifest, manifest);
}
