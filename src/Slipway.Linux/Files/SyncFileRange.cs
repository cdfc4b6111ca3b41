using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Asks the kernel to begin writing a range of the file out to the disk, without waiting: sync_file_range(2) with
    /// SYNC_FILE_RANGE_WRITE. Only a hint that makes a later fsync short; a file system that lacks it is no error.
    /// </summary>
    public static void BeginWriteback(SafeFileHandle file, long offset, long length)
    {
        const uint write = 2;
        _ = sync_file_range(file, offset, length, write);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int sync_file_range(SafeFileHandle file, long offset, long length, uint flags);
}
