using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>
/// The blobs that are files of their own. A new one is staged: whole, readable, but still under its temporary name. A flush syncs the staged
/// files and only then gives them their names under <c>loose/</c>, so a name there always stands for durable bytes, and what a
/// power cut may have torn goes with <c>tmp/</c>.
/// </summary>
internal sealed class LooseBlobs(StoreDirectory directory)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, StagedBlob> _staged = [];
    private readonly HashSet<string> _folders = [];

    /// <summary>The length of a blob, or null where it is not stored here.</summary>
    public long? FindSize(Digest digest)
    {
        lock (_lock)
        {
            if (_staged.TryGetValue(digest, out StagedBlob staged))
            {
                return staged.Size;
            }
        }

        // A blob leaves the staged ones only after it has its name: looking in this order misses none.
        return Libc.TryStatus(NamedPath(digest), out FileStatus status) ? status.Size : null;
    }

    /// <summary>Opens a blob's file, or null where it is not stored here.</summary>
    public SafeFileHandle? TryOpen(Digest digest, out string path)
    {
        while (FindSize(digest) is not null)
        {
            path = CurrentPath(digest);
            try
            {
                return Libc.Open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow);
            }
            catch (LinuxException exception) when (exception.Errno == Errno.ENOENT)
            {
                // It got its name, or was deleted, in between: look again.
            }
        }

        path = string.Empty;
        return null;
    }

    /// <summary>The path at which a stored blob's file stands now.</summary>
    public string CurrentPath(Digest digest)
    {
        lock (_lock)
        {
            return _staged.TryGetValue(digest, out StagedBlob staged) ? staged.FullPath : NamedPath(digest);
        }
    }

    /// <summary>Takes over the whole, read-only file at <paramref name="path"/> in <c>tmp/</c>; false where the blob is there already, and the file is the caller's still.</summary>
    public bool TryStage(BlobInfo blob, string path)
    {
        if (FindSize(blob.Digest) is not null)
        {
            return false;
        }

        lock (_lock)
        {
            return _staged.TryAdd(blob.Digest, new StagedBlob(blob.Digest, path, blob.Size));
        }
    }

    /// <summary>Every blob stored here: the staged ones, then those with a name.</summary>
    public IEnumerable<BlobInfo> List()
    {
        foreach (StagedBlob blob in Staged())
        {
            yield return new BlobInfo(blob.Digest, blob.Size);
        }

        foreach (string file in Directory.EnumerateDirectories(directory.Loose).SelectMany(Directory.EnumerateFiles))
        {
            if (Digest.TryParseHex(Path.GetFileName(file), out Digest digest) && Libc.TryStatus(file, out FileStatus status))
            {
                yield return new BlobInfo(digest, status.Size);
            }
        }
    }

    /// <summary>Files that stand where no blob of their name would.</summary>
    public IEnumerable<StoreFault> Check() => Directory.EnumerateFiles(directory.Loose, "*", SearchOption.AllDirectories)
        .Where(file => !Digest.TryParseHex(Path.GetFileName(file), out Digest digest) || NamedPath(digest) != file)
        .Select(file => new StoreFault(StorePart.Folder, file, "it is no blob: its name is not that of a digest"));

    /// <summary>Removes a blob; an absent one is ignored.</summary>
    public void Delete(Digest digest)
    {
        lock (_lock)
        {
            if (_staged.Remove(digest, out StagedBlob staged))
            {
                directory.Disk.Delete(staged.FullPath);
            }
        }

        directory.Disk.Delete(NamedPath(digest));
    }

    /// <summary>What is staged now.</summary>
    public StagedBlob[] Staged()
    {
        lock (_lock)
        {
            return [.. _staged.Values];
        }
    }

    /// <summary>Syncs the bytes of staged files one by one.</summary>
    public void Sync(IEnumerable<StagedBlob> blobs)
    {
        foreach (StagedBlob blob in blobs)
        {
            if (Libc.TryStatus(blob.FullPath, out _))
            {
                directory.Disk.Sync(blob.FullPath);
            }
        }
    }

    /// <summary>The directories whose names changed since they were synced last. Used by one round of syncs at a time, which clears it.</summary>
    public HashSet<string> Changed { get; } = [];

    /// <summary>Gives synced files their names.</summary>
    public void Publish(IEnumerable<StagedBlob> blobs)
    {
        foreach (StagedBlob blob in blobs)
        {
            string path = NamedPath(blob.Digest);
            string folder = Path.GetDirectoryName(path)!;
            if (!_folders.Contains(folder))
            {
                Changed.Add(directory.Loose);
                directory.Disk.CreateFolder(folder);
                _folders.Add(folder);
            }

            lock (_lock)
            {
                // Deleted, or even put again under another temporary name, since the round began: not this round's.
                if (_staged.TryGetValue(blob.Digest, out StagedBlob now) && now == blob)
                {
                    Changed.Add(folder);
                    directory.Disk.Rename(blob.FullPath, path);
                    _staged.Remove(blob.Digest);
                }
            }
        }
    }

    private string NamedPath(Digest digest)
    {
        string hex = digest.Hex;
        return Path.Combine(directory.Loose, hex[..2], hex);
    }
}

/// <summary>A blob whose file is whole but has not its lasting name yet.</summary>
internal readonly record struct StagedBlob(Digest Digest, string FullPath, long Size);
