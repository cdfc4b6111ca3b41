using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Makes the process the leader of a new session without a terminal: setsid(2). False where it leads a group already.</summary>
    public static bool StartSession()
    {
        int result = setsid();
        int errno = Marshal.GetLastPInvokeError();
        return result >= 0 || (errno == Errno.EPERM ? false : throw new LinuxException(errno, "setsid"));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setsid();
}
