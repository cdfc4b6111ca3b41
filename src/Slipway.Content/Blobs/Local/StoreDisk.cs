using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Local;

/// <summary>
/// Every change that a store makes to its own files passes here. It is made by the call that its name says; before, a test that watches hears of it, so it
/// knows what a power cut at this moment could leave, and may throw as a full disk would.
/// </summary>
/// <param name="watch">Hears of each change before it is made, on the thread that makes it. Null in a server.</param>
internal sealed class StoreDisk(Action<DiskChange>? watch = null)
{
    private const int OwnerOnly = 0x180; // 0600

    /// <summary>Makes a file, readable and writable by its owner only, that must not exist.</summary>
    public SafeFileHandle Create(string path)
    {
        watch?.Invoke(new FileMade(path));
        return Libc.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, OwnerOnly);
    }

    /// <summary>Opens a file to write it on, making it where it is missing.</summary>
    public SafeFileHandle OpenOrCreate(string path) =>
        File.Exists(path) ? Libc.Open(path, OpenFlags.ReadWrite) : Create(path);

    /// <summary>Makes a folder, which may exist; the one above it exists.</summary>
    public void CreateFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            watch?.Invoke(new FolderMade(path));
            Directory.CreateDirectory(path);
        }
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> content, long offset)
    {
        watch?.Invoke(new FileWritten(file, offset, content.Length, content.ToArray()));
        RandomAccess.Write(file, content, offset);
    }

    /// <summary>As <see cref="Libc.CopyFileRange"/>.</summary>
    public long CopyRange(SafeFileHandle source, long from, SafeFileHandle target, long to, long length)
    {
        watch?.Invoke(new FileWritten(target, to, length, null));
        return Libc.CopyFileRange(source, from, target, to, length);
    }

    /// <summary>As <see cref="Libc.TryCloneRange"/>.</summary>
    public bool TryCloneRange(SafeFileHandle source, long from, SafeFileHandle target, long to, long length)
    {
        watch?.Invoke(new FileWritten(target, to, length, null));
        return Libc.TryCloneRange(source, from, target, to, length);
    }

    public void SetLength(SafeFileHandle file, long length)
    {
        watch?.Invoke(new FileCut(file, length));
        RandomAccess.SetLength(file, length);
    }

    /// <summary>Makes a small file of these bytes, or overwrites it. Nothing is durable yet.</summary>
    public void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        using SafeFileHandle file = OpenOrCreate(path);
        if (RandomAccess.GetLength(file) > 0)
        {
            SetLength(file, 0);
        }

        if (!content.IsEmpty)
        {
            Write(file, content, 0);
        }
    }

    public void Rename(string from, string to)
    {
        watch?.Invoke(new NameMoved(from, to));
        Libc.Rename(from, to);
    }

    /// <summary>Removes a file; an absent one is ignored.</summary>
    public void Delete(string path)
    {
        if (Libc.TryStatus(path, out _))
        {
            watch?.Invoke(new NameRemoved(path));
            File.Delete(path);
        }
    }

    /// <summary>Makes a file's bytes durable.</summary>
    public void Sync(SafeFileHandle file, string path)
    {
        watch?.Invoke(new FileSynced(file));
        Libc.Fsync(file, path);
    }

    /// <summary>As <see cref="Sync(SafeFileHandle, string)"/>, but for its times.</summary>
    public void SyncContent(SafeFileHandle file, string path)
    {
        watch?.Invoke(new FileSynced(file));
        Libc.Fdatasync(file, path);
    }

    /// <summary>Makes the bytes of the file at a path durable.</summary>
    public void Sync(string path)
    {
        using SafeFileHandle file = Libc.Open(path, OpenFlags.ReadOnly);
        Sync(file, path);
    }

    /// <summary>Makes a folder's names durable.</summary>
    public void SyncNames(string folder)
    {
        watch?.Invoke(new NamesSynced(folder));
        using SafeFileHandle handle = Libc.Open(folder, OpenFlags.Directory);
        Libc.Fsync(handle, folder);
    }

    /// <summary>Makes everything on a folder's file system durable.</summary>
    public void SyncAll(SafeFileHandle folder, string path)
    {
        watch?.Invoke(new AllSynced());
        Libc.Syncfs(folder, path);
    }
}
