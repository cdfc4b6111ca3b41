using Microsoft.Win32.SafeHandles;

namespace Slipway.Engine;

/// <summary>Names an open file for calls that take only paths. The path is valid in this process, as long as the handle is open.</summary>
internal static class DescriptorPath
{
    /// <summary>The file itself, for calls that follow a last symlink.</summary>
    public static string Of(SafeFileHandle handle) => $"/proc/self/fd/{handle.DangerousGetHandle()}/.";

    /// <summary>A name within an open directory.</summary>
    public static string Of(SafeFileHandle directory, string name) => $"/proc/self/fd/{directory.DangerousGetHandle()}/{name}";
}
