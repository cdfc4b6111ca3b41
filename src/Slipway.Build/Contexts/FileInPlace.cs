using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Contexts;

/// <summary>A file of a context that is read where it lies.</summary>
/// <param name="path">Relative to the context.</param>
/// <param name="status">What stat said of it when the context was taken.</param>
internal sealed class FileInPlace(string path, FileStatus status)
{
    public string Path => path;

    public FileStatus Status => status;

    /// <summary>Of its content, once it is known.</summary>
    public Digest? Digest { get; set; }

    /// <summary>The digest is remembered from an earlier build, and was used today.</summary>
    public bool IsRemembered { get; set; }

    /// <summary>Some step has read it.</summary>
    public bool IsRead { get; set; }

    /// <summary>Its content is in the copy of the context too.</summary>
    public bool IsFilled { get; set; }

    /// <summary>Whether that is the same file with the same content.</summary>
    public bool IsAs(FileStatus now) => now.Inode == status.Inode && now.Device == status.Device && now.Size == status.Size
        && now.ChangedNanoseconds == status.ChangedNanoseconds && now.ModifiedSeconds == status.ModifiedSeconds && now.ModifiedNanoseconds == status.ModifiedNanoseconds;
}
