using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// The names in an open directory, without <c>.</c> and <c>..</c>, in no particular order: getdents64(2). The bytes are kept as they are,
    /// so that a name which is not UTF-8 can be told from one that is.
    /// </summary>
    /// <param name="path">Only for the error message.</param>
    public static List<byte[]> ListNames(SafeFileHandle directory, string? path = null)
    {
        List<byte[]> names = [];
        Rewind(directory, path);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            while (true)
            {
                int length = (int)Check(getdents64(directory, buffer, buffer.Length), "getdents64", path);
                if (length == 0)
                {
                    return names;
                }

                Append(names, buffer.AsSpan(0, length));
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads struct linux_dirent64: inode 8, offset 8, length 2, type 1, then the name up to a NUL.</summary>
    private static void Append(List<byte[]> names, ReadOnlySpan<byte> entries)
    {
        const int lengthAt = 16;
        const int nameAt = 19;
        while (!entries.IsEmpty)
        {
            int length = MemoryMarshal.Read<ushort>(entries[lengthAt..]);
            ReadOnlySpan<byte> name = entries[nameAt..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(name.ToArray());
            }

            entries = entries[length..];
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint getdents64(SafeFileHandle directory, byte[] buffer, nint size);
}
