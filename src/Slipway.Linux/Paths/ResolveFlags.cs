namespace Slipway.Linux;

/// <summary>How openat2(2) walks a path (RESOLVE_* of linux/openat2.h).</summary>
[Flags]
public enum ResolveFlags
{
    None = 0,

    /// <summary>Mount points may not be crossed.</summary>
    NoMountCrossing = 0x01,

    /// <summary>Links of /proc that jump to another place are refused.</summary>
    NoMagicLinks = 0x02,

    /// <summary>Any symlink is refused (ELOOP).</summary>
    NoSymlinks = 0x04,

    /// <summary>A step above the directory is refused (EXDEV).</summary>
    Beneath = 0x08,

    /// <summary>The directory is the root: absolute symlinks and <c>..</c> end there, as after a chroot.</summary>
    InRoot = 0x10,
}
