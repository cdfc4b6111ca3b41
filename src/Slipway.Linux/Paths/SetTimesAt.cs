using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets the times of last access and last change of a name in an open directory, of a symlink itself: utimensat(2).</summary>
    public static void SetTimesAt(SafeFileHandle directory, string path, long seconds, long nanoseconds)
    {
        ReadOnlySpan<long> times = [seconds, nanoseconds, seconds, nanoseconds];
        Check(utimensat(directory, path, times, SymlinkNoFollow), "utimensat", path);
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int utimensat(SafeFileHandle directory, string path, ReadOnlySpan<long> times, int flags);
}
