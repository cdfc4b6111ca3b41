using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Daemon.Purging;

/// <summary>Finds and removes copies of purged blobs that stand as plain files in a home: in work folders, cached inputs, containers, unpacked layers.</summary>
internal static class LooseCopies
{
    /// <summary>Removes every regular file below the folders whose bytes are one of the blobs; returns their paths.</summary>
    /// <param name="sizes">The sizes of the blobs: only files of such a size are read.</param>
    public static IReadOnlyList<string> Remove(IEnumerable<string> folders, IReadOnlySet<Digest> digests, IReadOnlySet<long> sizes, CancellationToken cancellationToken)
    {
        List<string> removed = [];
        foreach (string file in folders.Where(Directory.Exists).SelectMany(FilesBelow))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsOneOf(file, digests, sizes))
            {
                File.Delete(file);
                removed.Add(file);
            }
        }

        return removed;
    }

    /// <summary>Every file below a folder on its own file system: what is mounted in it (a container's view, a person's folder) is not ours.</summary>
    private static IEnumerable<string> FilesBelow(string folder)
    {
        if (!Libc.TryStatus(folder, out FileStatus top))
        {
            yield break;
        }

        Stack<string> ahead = new([folder]);
        while (ahead.TryPop(out string? directory))
        {
            foreach (string entry in Entries(directory))
            {
                if (!Libc.TryStatus(entry, out FileStatus status) || status.Device != top.Device)
                {
                    continue;
                }

                if (status.IsDirectory)
                {
                    ahead.Push(entry);
                }
                else if (status.IsRegular)
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>The entries of a folder; none where it went meanwhile.</summary>
    private static string[] Entries(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool IsOneOf(string file, IReadOnlySet<Digest> digests, IReadOnlySet<long> sizes)
    {
        if (!Libc.TryStatus(file, out FileStatus status) || !status.IsRegular || !sizes.Contains(status.Size))
        {
            return false;
        }

        try
        {
            using FileStream content = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return digests.Contains(new Digest(System.Security.Cryptography.SHA256.HashData(content)));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
