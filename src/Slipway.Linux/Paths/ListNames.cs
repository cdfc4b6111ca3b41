using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>The names in an open directory, as <see cref="ReadNames"/> gives them.</summary>
    /// <param name="path">Only for the error message.</param>
    public static List<byte[]> ListNames(SafeFileHandle directory, string? path = null)
    {
        List<byte[]> names = [];
        ReadNames(directory, name => names.Add(name.ToArray()), path);
        return names;
    }

    /// <summary>
    /// Gives each name in an open directory, without <c>.</c> and <c>..</c>, in no particular order: getdents64(2). The bytes are kept as they are,
    /// so that a name which is not UTF-8 can be told from one that is.
    /// </summary>
    /// <param name="path">Only for the error message.</param>
    public static void ReadNames(SafeFileHandle directory, Action<ReadOnlySpan<byte>> add, string? path = null)
    {
        Rewind(directory, path);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            int length;
            while ((length = (int)Check(getdents64(directory, buffer, buffer.Length), "getdents64", path)) > 0)
            {
                Give(buffer.AsSpan(0, length), add);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads struct linux_dirent64: inode 8, offset 8, length 2, type 1, then the name up to a NUL.</summary>
    private static void Give(ReadOnlySpan<byte> entries, Action<ReadOnlySpan<byte>> add)
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
                add(name);
            }

            entries = entries[length..];
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint getdents64(SafeFileHandle directory, byte[] buffer, nint size);
}
