using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>Copies what a directory holds, with owners, modes, times and symlinks, by handle on both sides.</summary>
internal static class TreeCopy
{
    private const ResolveFlags Strictly = ResolveFlags.Beneath | ResolveFlags.NoSymlinks;

    /// <summary>Fills an empty directory with copies of everything below <paramref name="source"/>; sockets and devices are left out.</summary>
    public static void Copy(SafeFileHandle source, string target)
    {
        using SafeFileHandle directory = Libc.Open(target, OpenFlags.Directory);
        CopyInto(source, directory);
    }

    private static void CopyInto(SafeFileHandle source, SafeFileHandle target)
    {
        foreach (byte[] raw in Libc.ListNames(source))
        {
            string name = System.Text.Encoding.UTF8.GetString(raw);
            if (Libc.StatusAt(source, name) is not { } status)
            {
                continue;
            }

            if (status.IsDirectory)
            {
                Libc.MakeDirectoryAt(target, name, 0x1C0);
                using SafeFileHandle from = Libc.OpenAt(source, name, OpenFlags.Directory, Strictly);
                using SafeFileHandle to = Libc.OpenAt(target, name, OpenFlags.Directory, Strictly);
                CopyInto(from, to);
            }
            else if (status.IsRegular)
            {
                CopyFile(source, target, name, status);
            }
            else if (status.IsSymlink)
            {
                Libc.SymlinkAt(Libc.ReadLinkAt(source, name), target, name);
                Libc.ChangeOwnerAt(target, name, (int)status.User, (int)status.Group);
            }
        }

        FileStatus own = Libc.Status(source);
        Libc.ChangeOwner(target, (int)own.User, (int)own.Group);
        Libc.Fchmod(target, own.Permissions);
        Libc.SetTimes(target, own.ModifiedSeconds, own.ModifiedNanoseconds);
    }

    private static void CopyFile(SafeFileHandle source, SafeFileHandle target, string name, FileStatus status)
    {
        using SafeFileHandle from = Libc.OpenAt(source, name, OpenFlags.NoFollow, Strictly);
        using SafeFileHandle to = Libc.OpenAt(target, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, Strictly, 0x180);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long offset = 0;
            while (RandomAccess.Read(from, buffer, offset) is var read && read > 0)
            {
                RandomAccess.Write(to, buffer.AsSpan(0, read), offset);
                offset += read;
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }

        Libc.ChangeOwner(to, (int)status.User, (int)status.Group);
        Libc.Fchmod(to, status.Permissions);
        Libc.SetTimes(to, status.ModifiedSeconds, status.ModifiedNanoseconds);
    }
}
