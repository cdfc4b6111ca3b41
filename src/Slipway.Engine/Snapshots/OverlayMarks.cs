using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>How overlayfs writes "removed" and "hides all below" (the kernel's Documentation/filesystems/overlayfs, "whiteouts and opaque directories").</summary>
internal static class OverlayMarks
{
    /// <summary>The attribute that makes a directory hide the lower ones.</summary>
    public const string Opaque = "trusted.overlay.opaque";

    /// <summary>All of overlayfs's own attributes begin so; none belongs in a layer.</summary>
    public const string Prefix = "trusted.overlay.";

    private const int CharacterDevice = 0x2000;

    /// <summary>Whether an attribute that a layer's tar names is set: all but overlayfs's own.</summary>
    public static bool IsKept(string xattr) =>
        !xattr.StartsWith(Prefix, StringComparison.Ordinal) && !xattr.StartsWith("user.overlay.", StringComparison.Ordinal);

    /// <summary>True for a character device 0/0.</summary>
    public static bool IsWhiteout(FileStatus status) => status is { IsCharacterDevice: true, NodeDevice: 0 };

    /// <summary>Removes a name of the lower layers.</summary>
    public static void MakeWhiteout(SafeFileHandle directory, string name) => Libc.MakeNodeAt(directory, name, CharacterDevice);

    /// <summary>Makes a directory (of any handle) hide the lower ones.</summary>
    public static void MakeOpaque(SafeFileHandle directory) => Libc.SetXattr(DescriptorPath.Of(directory), Opaque, "y"u8);
}
