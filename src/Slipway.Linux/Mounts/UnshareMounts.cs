using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Gives the calling thread a mount namespace of its own, a copy of the current one: unshare(2) with CLONE_NEWNS. Other threads keep
    /// theirs, so call it right before <see cref="Execute"/> or on a thread that ends.
    /// </summary>
    public static void UnshareMounts()
    {
        const int newMountNamespace = 0x20000;
        Check(unshare(newMountNamespace), "unshare");
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int unshare(int flags);
}
