using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>
/// The C library's calls that .NET does not offer, one function a file, in the folder of its subject: <c>Files/Fsync.cs</c> adds
/// <c>Libc.Fsync</c>. A public method takes SafeHandles and spans, repeats on EINTR where the manual says so, and throws
/// <see cref="LinuxException"/>; the raw import beside it is private and sets the last error.
/// </summary>
public static partial class Libc
{
    /// <summary>With its version: "libc" alone is looked for under three names first, one of which is a linker's script.</summary>
    private const string Library = "libc.so.6";

    /// <summary>Returns <paramref name="result"/>, or throws what errno says where it is negative. Call it in the statement of the call itself.</summary>
    private static long Check(long result, string call, string? path = null) =>
        result >= 0 ? result : throw new LinuxException(Marshal.GetLastPInvokeError(), call, path);

    /// <summary>True where a call that returned <paramref name="result"/> was interrupted by a signal and is to be made again.</summary>
    private static bool Interrupted(long result) => result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR;
}
