using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    private const int PidfdOpenNumber = 434;

    /// <summary>A handle of a process that stays that process's even when its number is used again; null where there is none: pidfd_open(2).</summary>
    public static SafeFileHandle? OpenProcess(int process)
    {
        nint result = pidfd_open(PidfdOpenNumber, process, 0);
        int errno = Marshal.GetLastPInvokeError();
        return result >= 0 ? new SafeFileHandle(result, ownsHandle: true)
            : errno == Errno.ESRCH ? null
            : throw new LinuxException(errno, "pidfd_open");
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint pidfd_open(nint number, nint process, nint flags);
}
