namespace Slipway.Images.Archives;

/// <summary>How an archive's index says what its images are called.</summary>
internal static class ArchiveAnnotations
{
    /// <summary>containerd's and docker's: the whole name, <c>docker.io/library/app:1</c>.</summary>
    public const string ContainerdName = "io.containerd.image.name";

    /// <summary>OCI's (image specification, annotations.md): the tag, or whatever the writer was told.</summary>
    public const string ReferenceName = "org.opencontainers.image.ref.name";
}
