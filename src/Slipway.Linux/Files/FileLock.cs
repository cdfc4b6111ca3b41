using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Takes the exclusive advisory lock of an open file without waiting: flock(2). It belongs to the open file and ends with it, so a
    /// killed process leaves none behind. False where somebody else holds it.
    /// </summary>
    /// <param name="path">Only for the error message.</param>
    public static bool TryLock(SafeFileHandle file, string? path = null)
    {
        const int exclusive = 2;
        const int nonBlocking = 4;
        int result = flock(file, exclusive | nonBlocking);
        int errno = Marshal.GetLastPInvokeError();
        if (result < 0 && errno != Errno.EAGAIN)
        {
            throw new LinuxException(errno, "flock", path);
        }

        return result == 0;
    }

    /// <summary>
    /// Gives the lock of <see cref="TryLock"/> back. Closing the file is not enough where the process starts others: a child between its fork and its exec
    /// still holds the same open file, and the lock with it.
    /// </summary>
    public static void Unlock(SafeFileHandle file, string? path = null)
    {
        const int unlock = 8;
        int result = flock(file, unlock);
        int errno = Marshal.GetLastPInvokeError();
        if (result < 0)
        {
            throw new LinuxException(errno, "flock", path);
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);
}
