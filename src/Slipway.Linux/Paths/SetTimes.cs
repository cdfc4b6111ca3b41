using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets the times of last access and last change of an open file: futimens(3).</summary>
    /// <param name="path">Only for the error message.</param>
    public static void SetTimes(SafeFileHandle file, long seconds, long nanoseconds, string? path = null)
    {
        ReadOnlySpan<long> times = [seconds, nanoseconds, seconds, nanoseconds];
        Check(futimens(file, times), "futimens", path);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int futimens(SafeFileHandle file, ReadOnlySpan<long> times);
}
