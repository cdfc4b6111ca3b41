using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>A new file that vanishes when it is disposed, unless <see cref="Keep"/> was called.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private const int ReadOnlyForAll = 0x124; // 0444

    private readonly StoreDisk _disk;
    private bool _kept;

    private TemporaryFile(StoreDisk disk, string path, SafeFileHandle handle)
    {
        _disk = disk;
        FullPath = path;
        Handle = handle;
    }

    public string FullPath { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>Makes an empty file of a name that nobody else has.</summary>
    public static TemporaryFile Create(StoreDisk disk, string directory)
    {
        string path = NewPath(directory);
        return new(disk, path, disk.Create(path));
    }

    /// <summary>A name in <paramref name="directory"/> that nobody else has.</summary>
    public static string NewPath(string directory) => Path.Combine(directory, Guid.NewGuid().ToString("n"));

    public void Write(ReadOnlySpan<byte> content, long offset) => _disk.Write(Handle, content, offset);

    /// <summary>As <see cref="Libc.CopyFileRange"/>, into this file.</summary>
    public long CopyFrom(SafeFileHandle source, long from, long to, long length) => _disk.CopyRange(source, from, Handle, to, length);

    /// <summary>As <see cref="Libc.TryCloneRange"/>, into this file.</summary>
    public bool TryCloneFrom(SafeFileHandle source, long from, long to, long length) => _disk.TryCloneRange(source, from, Handle, to, length);

    public void SetLength(long length) => _disk.SetLength(Handle, length);

    /// <summary>Makes the bytes durable.</summary>
    public void SyncContent() => _disk.SyncContent(Handle, FullPath);

    /// <summary>Makes the file read-only for everybody, whatever the umask.</summary>
    public void MakeReadOnly() => Libc.Fchmod(Handle, ReadOnlyForAll, FullPath);

    /// <summary>Leaves the file where it is: somebody else has it now.</summary>
    public void Keep() => _kept = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Handle.Dispose();
        if (!_kept)
        {
            _disk.Delete(FullPath);
        }
    }
}
