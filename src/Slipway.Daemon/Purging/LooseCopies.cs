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
        EnumerationOptions everything = new()
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        };
        List<string> removed = [];
        foreach (string file in folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*", everything)))
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
