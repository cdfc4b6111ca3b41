using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    private const int PidfdSendSignalNumber = 424;

    /// <summary>Sends a signal to the process behind a handle of <see cref="OpenProcess"/>; false where it has ended: pidfd_send_signal(2).</summary>
    public static bool SendSignal(SafeFileHandle process, int signal)
    {
        nint result = pidfd_send_signal(PidfdSendSignalNumber, process, signal, 0, 0);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 || (errno == Errno.ESRCH ? false : throw new LinuxException(errno, "pidfd_send_signal"));
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_send_signal(nint number, SafeFileHandle process, nint signal, nint information, nint flags);
}
