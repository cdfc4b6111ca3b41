using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

/// <summary>Removes whole directories that strangers have filled.</summary>
public static class DirectoryTree
{
    private const int MaximumDepth = 64;

    /// <summary>
    /// Removes what stands at <paramref name="path"/>, a directory with everything below it or a single file; an absent one is no error.
    /// Never follows a symlink, takes names that are not UTF-8, and needs a bounded number of handles however deep the tree is: a directory
    /// deeper than 64 levels is first moved up to the top. Mounts below are left alone and make it fail (EBUSY).
    /// </summary>
    public static void Delete(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(path);
        using SafeFileHandle? parent = OpenParent(full);
        if (parent is not null)
        {
            byte[] name = System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(full));
            Delete(parent, name, full);
        }
    }

    private static SafeFileHandle? OpenParent(string path)
    {
        try
        {
            return Libc.Open(Path.GetDirectoryName(path) ?? "/", OpenFlags.Directory);
        }
        catch (LinuxException fault) when (fault.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    private static void Delete(SafeFileHandle parent, byte[] name, string path)
    {
        using SafeFileHandle? top = Libc.OpenSubdirectory(parent, name);
        if (top is not null)
        {
            // Each round empties the top and the directories that it moved up; a tree without very deep parts takes one.
            int moved = 0;
            do
            {
                moved = 0;
                Empty(top, top, depth: 0, ref moved, path);
            }
            while (moved > 0);
        }

        Remove(parent, name, isDirectory: top is not null, path);
    }

    private static void Empty(SafeFileHandle top, SafeFileHandle directory, int depth, ref int moved, string path)
    {
        foreach (byte[] name in Libc.ListNames(directory, path))
        {
            using SafeFileHandle? child = Libc.OpenSubdirectory(directory, name);
            if (child is null)
            {
                Remove(directory, name, isDirectory: false, path);
                continue;
            }

            if (depth >= MaximumDepth)
            {
                byte[] unused = System.Text.Encoding.UTF8.GetBytes($".slipway-{Guid.NewGuid():n}");
                Libc.RenameAt(directory, name, top, unused);
                moved++;
                continue;
            }

            Empty(top, child, depth + 1, ref moved, path);
            Remove(directory, name, isDirectory: true, path);
        }
    }

    private static void Remove(SafeFileHandle directory, byte[] name, bool isDirectory, string path)
    {
        int errno = Libc.TryUnlinkAt(directory, name, isDirectory);
        if (errno is not (0 or Errno.ENOENT))
        {
            throw new LinuxException(errno, "unlinkat", $"{path}/…/{System.Text.Encoding.UTF8.GetString(name)}");
        }
    }
}
