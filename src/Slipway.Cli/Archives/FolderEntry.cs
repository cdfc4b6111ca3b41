namespace Slipway.Cli.Archives;

/// <summary>Something to be sent, as it stood when it was listed.</summary>
/// <param name="Name">Where it goes, relative: "a/b".</param>
/// <param name="Source">Where it lies.</param>
/// <param name="Permissions">Permission bits.</param>
/// <param name="Modified">Seconds since 1970.</param>
internal sealed record FolderEntry(string Name, string Source, FolderEntryKind Kind, long Size, int Permissions, long Modified);

internal enum FolderEntryKind
{
    File,
    Directory,
    Symlink,

    /// <summary>A socket, a pipe, a device: nothing that can be kept.</summary>
    Other,
}
