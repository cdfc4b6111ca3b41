namespace Slipway.Linux;

/// <summary>How many bytes the files of a folder hold.</summary>
public static class FolderSize
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>
    /// The lengths of all regular files below a folder, a file of several names once; mounts below it and targets of symlinks are not part of it. A folder that is not
    /// there has none, and what is removed meanwhile does not count.
    /// </summary>
    /// <param name="withShared">Whether files count that may have names elsewhere too.</param>
    public static long Of(string folder, CancellationToken cancellationToken, bool withShared = true)
    {
        if (!Libc.TryStatus(folder, out FileStatus root))
        {
            return 0;
        }

        long bytes = 0;
        HashSet<ulong> linked = [];
        Stack<string> ahead = new([folder]);
        while (ahead.TryPop(out string? next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string path in Below(next))
            {
                if (!Libc.TryStatus(path, out FileStatus status) || status.Device != root.Device)
                {
                    continue;
                }

                if (status.IsDirectory)
                {
                    ahead.Push(path);
                }
                else if (status.IsRegular && (status.Links == 1 || (withShared && linked.Add(status.Inode))))
                {
                    bytes += status.Size;
                }
            }
        }

        return bytes;
    }

    private static string[] Below(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder, "*", All);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
