using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees;
using Slipway.Linux;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>One entry of a folder as it was found, and what it holds once that is known.</summary>
internal struct ScannedEntry
{
    /// <summary>
    /// How long before it is read a file must have changed last for its times to tell about the next change: the kernel's clock for files
    /// goes by ticks of up to 10 ms.
    /// </summary>
    private const long ClockTick = 20_000_000;

    private const int AnyExecuteBit = 0x49; // 0111

    /// <summary>The name's bytes.</summary>
    public required byte[] Name { get; init; }

    public required ScannedKind Kind { get; init; }

    /// <summary>Bytes: of a file; of a directory, of everything below; of a link, its target.</summary>
    public required long Size { get; set; }

    public required long ModifiedNanoseconds { get; init; }

    /// <summary>Negative where the file may have changed unseen: then it is read again next time.</summary>
    public required long ChangedNanoseconds { get; set; }

    public required ulong Inode { get; init; }

    /// <summary>Empty until known.</summary>
    public Digest Digest { get; set; }

    /// <summary>Null where the kind cannot be versioned.</summary>
    public static ScannedKind? KindOf(FileStatus status) => status switch
    {
        { IsRegular: true } => (status.Mode & AnyExecuteBit) == 0 ? ScannedKind.File : ScannedKind.Executable,
        { IsDirectory: true } => ScannedKind.Directory,
        { IsSymlink: true } => ScannedKind.Symlink,
        _ => null,
    };

    /// <summary>An entry whose content is not known yet.</summary>
    public static ScannedEntry Of(byte[] name, FileStatus status, ScannedKind kind) => new()
    {
        Name = name,
        Kind = kind,
        Size = status.IsDirectory ? 0 : status.Size,
        ModifiedNanoseconds = (status.ModifiedSeconds * 1_000_000_000) + status.ModifiedNanoseconds,
        ChangedNanoseconds = status.ChangedNanoseconds,
        Inode = status.Inode,
    };

    /// <summary>Notes what was read of it.</summary>
    /// <param name="still">It did not change meanwhile.</param>
    /// <param name="began">When the reading began, in nanoseconds since 1970.</param>
    public void WasRead(BlobInfo blob, bool still, long began)
    {
        Digest = blob.Digest;
        Size = blob.Size;
        if (!still || ChangedNanoseconds > began - ClockTick)
        {
            ChangedNanoseconds = -1;
        }
    }

    public readonly TreeEntry ToTreeEntry(string name) => new(
        name,
        Kind switch { ScannedKind.Directory => EntryKind.Directory, ScannedKind.Symlink => EntryKind.Symlink, _ => EntryKind.File },
        Kind == ScannedKind.Executable,
        Size,
        Digest);
}
