using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sends a signal to a process: kill(2). False where there is no such process. Signal 0 only asks.</summary>
    public static bool SendSignal(int process, int signal)
    {
        int result = kill(process, signal);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 || (errno == Errno.ESRCH ? false : throw new LinuxException(errno, "kill"));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int kill(int process, int signal);
}
