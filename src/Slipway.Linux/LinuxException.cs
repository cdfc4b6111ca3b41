using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>
/// A system call refused. Carries the error number as the kernel gave it, so that a room can tell "no space" from "no such file" and
/// translate it into its own words; the message names the call, the path where there is one, and the system's reason.
/// </summary>
public sealed class LinuxException(int errno, string call, string? path = null) : IOException(Describe(errno, call, path))
{
    /// <summary>The error number; see <see cref="Linux.Errno"/>.</summary>
    public int Errno { get; } = errno;

    /// <summary>The call that failed, by its name in the manual: <c>linkat</c>.</summary>
    public string Call { get; } = call;

    /// <summary>The path that the call was given, or null where it had none.</summary>
    public string? Path { get; } = path;

    private static string Describe(int errno, string call, string? path)
    {
        string reason = Marshal.GetPInvokeErrorMessage(errno);
        return path is null ? $"{call}: {reason} (errno {errno})" : $"{call} '{path}': {reason} (errno {errno})";
    }
}
