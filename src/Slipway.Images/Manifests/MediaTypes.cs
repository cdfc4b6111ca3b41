namespace Slipway.Images;

/// <summary>The media types of OCI's image specification (media-types.md) and of Docker's schema 2 that say the same.</summary>
public static class MediaTypes
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    /// <summary>Of a configuration that says nothing: an artifact's.</summary>
    public const string Empty = "application/vnd.oci.empty.v1+json";

    /// <summary>Of an in-toto statement without a signature, and of the artifact that carries it.</summary>
    public const string Statement = "application/vnd.in-toto+json";

    /// <summary>Of a bill of materials in SPDX 2's JSON, and of the artifact that carries it.</summary>
    public const string Spdx = "application/spdx+json";

    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    public const string DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>Whether it is a manifest that names others, one a platform.</summary>
    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerManifestList;

    /// <summary>Whether it is a manifest that names a config and layers.</summary>
    public static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>Whether a registry may lack the layer: its licence keeps it elsewhere.</summary>
    public static bool IsForeign(string mediaType) =>
        mediaType.Contains(".foreign.", StringComparison.Ordinal) || mediaType.Contains(".nondistributable.", StringComparison.Ordinal);
}
