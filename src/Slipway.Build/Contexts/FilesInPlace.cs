using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Contexts;

/// <summary>
/// The large files of a context that are not copied but read where they lie, because nobody has changed them for a minute: in the copy of the context stands a
/// file of their length without content. What stat says of them may not change from here to the build's end; where it does, the build fails and nothing of it is kept.
/// </summary>
/// <remarks>
/// No program can set the time of a file's last change, and a kernel notes it with the first write to a page after that page was last written back, which
/// is half a minute at most. So a file that was still for a minute cannot change without a new time, be it by a mapping.
/// </remarks>
public sealed class FilesInPlace : IDisposable
{
    /// <summary>Smaller files are copied. Large enough that a layer with one is mounted over its blob and needs no other copy.</summary>
    internal const long LeastBytes = 16 << 20;

    private const ResolveFlags Strictly = ResolveFlags.Beneath | ResolveFlags.NoSymlinks;

    private static readonly TimeSpan Still = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ulong, FileInPlace> _files = [];
    private readonly SafeFileHandle _folder;
    private readonly ulong _device;
    private readonly long _stillSince;
    private readonly Lock _filling = new();

    private FilesInPlace(SafeFileHandle folder, ulong device, long stillSince) => (_folder, _device, _stillSince) = (folder, device, stillSince);

    /// <summary>For the files below a folder; null where its file system is not one whose times can be trusted that far.</summary>
    /// <param name="folder">An open directory; it stays the caller's.</param>
    public static FilesInPlace? Of(SafeFileHandle folder, TimeProvider time)
    {
        SafeFileHandle handle = Libc.OpenAt(folder, ".", OpenFlags.Directory, ResolveFlags.Beneath);
        if (Libc.FileSystemOf(handle) is FileSystemKind.Ext or FileSystemKind.Xfs or FileSystemKind.Btrfs or FileSystemKind.F2fs or FileSystemKind.Overlay)
        {
            return new(handle, Libc.Status(handle).Device, (time.GetUtcNow() - Still - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Every file was copied: nobody need ask here.</summary>
    public bool IsEmpty => _files.IsEmpty;

    /// <summary>All of them.</summary>
    internal ICollection<FileInPlace> Files => _files.Values;

    /// <summary>Gives a file of the copy the length of its source, and leaves the content where it lies; false: it is to be copied.</summary>
    /// <param name="path">Of the source, relative to the folder.</param>
    internal bool TryLeave(string path, SafeFileHandle source, SafeFileHandle copy)
    {
        FileStatus status = Libc.Status(source, path);
        if (status.Size < LeastBytes || status.Device != _device || status.ChangedNanoseconds > _stillSince)
        {
            return false;
        }

        RandomAccess.SetLength(copy, status.Size);
        _files[Libc.Status(copy, path).Inode] = new(path, status);
        return true;
    }

    /// <summary>The file that a file of the copy stands for; null: it stands for itself.</summary>
    /// <param name="inode">Of the file of the copy.</param>
    internal FileInPlace? Find(ulong inode) => _files.GetValueOrDefault(inode);

    /// <summary>Opens a file where it lies.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: it is not what it was.</exception>
    internal SafeFileHandle Open(FileInPlace file)
    {
        SafeFileHandle handle = Libc.TryOpenAt(_folder, file.Path, OpenFlags.NoFollow | OpenFlags.NonBlock, Strictly, out int errno);
        if (errno != 0 || !file.IsAs(Libc.Status(handle, file.Path)))
        {
            handle.Dispose();
            throw Changed(file);
        }

        file.IsRead = true;
        return handle;
    }

    /// <summary>Copies into the copy what lies below a path of it, for who cannot ask here: a mount.</summary>
    /// <param name="directory">The copy's top.</param>
    /// <param name="path">Relative to the top; empty is all.</param>
    internal void Fill(SafeFileHandle directory, string path, CancellationToken cancellationToken)
    {
        lock (_filling)
        {
            foreach (FileInPlace file in Files.Where(file => !file.IsFilled && (path.Length == 0 || file.Path == path || file.Path.StartsWith(path + "/", StringComparison.Ordinal))))
            {
                using (SafeFileHandle source = Open(file))
                using (SafeFileHandle copy = Libc.OpenAt(directory, file.Path, OpenFlags.WriteOnly | OpenFlags.NoFollow, Strictly))
                {
                    Copying.FileContent.Copy(source, copy, cancellationToken);
                }

                ThrowIfChanged(file);
                file.IsFilled = true;
            }
        }
    }

    /// <summary>To be called when what was read is believed: before an answer of the cache is noted, and before an image is named.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: a file that was read is not what it was.</exception>
    internal void ThrowIfChanged()
    {
        foreach (FileInPlace file in Files.Where(file => file.IsRead))
        {
            ThrowIfChanged(file);
        }
    }

    /// <summary>Whether it is what it was when the context was taken.</summary>
    internal bool IsUnchanged(FileInPlace file)
    {
        using SafeFileHandle handle = Libc.TryOpenAt(_folder, file.Path, OpenFlags.Path | OpenFlags.NoFollow, Strictly, out int errno);
        return errno == 0 && file.IsAs(Libc.Status(handle, file.Path));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private void ThrowIfChanged(FileInPlace file)
    {
        if (!IsUnchanged(file))
        {
            throw Changed(file);
        }
    }

    private static SlipwayException Changed(FileInPlace file) =>
        new(ErrorKind.Conflict, $"the context's '{file.Path}' changed while the build read it", "Run the build again when nothing writes to it.");
}
