namespace Slipway.Linux;

/// <summary>Kinds of file systems by their magic numbers (statfs(2), linux/magic.h). Others have values without a name here.</summary>
public enum FileSystemKind : long
{
    /// <summary>ext2, ext3 and ext4.</summary>
    Ext = 0xEF53,

    Xfs = 0x58465342,

    Btrfs = 0x9123683E,

    F2fs = 0xF2F52010,

    Overlay = 0x794C7630,
}
