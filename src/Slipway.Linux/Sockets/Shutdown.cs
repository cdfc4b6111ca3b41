using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Ends a connection, so that whoever waits for its bytes, or for room for them, wakes up: shutdown(2). One that has ended already is no error.
    /// </summary>
    /// <param name="onlySending">What comes can still be received.</param>
    public static void Shutdown(SafeFileHandle socket, bool onlySending = false)
    {
        const int sending = 1;
        const int both = 2;
        int result = shutdown(socket, onlySending ? sending : both);
        int errno = Marshal.GetLastPInvokeError();
        if (result < 0 && errno != Errno.ENOTCONN)
        {
            throw new LinuxException(errno, "shutdown");
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shutdown(SafeFileHandle socket, int how);
}
