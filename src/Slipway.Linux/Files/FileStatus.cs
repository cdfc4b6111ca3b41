namespace Slipway.Linux;

/// <summary>What statx(2) tells about a file.</summary>
public readonly record struct FileStatus
{
    private const int TypeMask = 0xF000;

    /// <summary>Type and permission bits, as st_mode.</summary>
    public required int Mode { get; init; }

    /// <summary>How many names the inode has.</summary>
    public required uint Links { get; init; }

    /// <summary>The owner's user id.</summary>
    public required uint User { get; init; }

    /// <summary>The owner's group id.</summary>
    public required uint Group { get; init; }

    /// <summary>The inode's number within its device.</summary>
    public required ulong Inode { get; init; }

    /// <summary>The length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The device that holds the inode, as major × 2³² + minor.</summary>
    public required ulong Device { get; init; }

    /// <summary>The device that a device node stands for, as major × 2³² + minor.</summary>
    public required ulong NodeDevice { get; init; }

    /// <summary>The time of the last change of the content, in whole seconds since 1970.</summary>
    public required long ModifiedSeconds { get; init; }

    /// <summary>The nanoseconds beyond <see cref="ModifiedSeconds"/>.</summary>
    public required uint ModifiedNanoseconds { get; init; }

    /// <summary>The time of the last change of content, mode, owner or names, in nanoseconds since 1970. No program can set it.</summary>
    public required long ChangedNanoseconds { get; init; }

    /// <summary>The permission bits only, set-id and sticky included.</summary>
    public int Permissions => Mode & 0xFFF;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsSymlink => (Mode & TypeMask) == 0xA000;

    public bool IsCharacterDevice => (Mode & TypeMask) == 0x2000;

    public bool IsBlockDevice => (Mode & TypeMask) == 0x6000;

    public bool IsFifo => (Mode & TypeMask) == 0x1000;

    public bool IsSocket => (Mode & TypeMask) == 0xC000;
}
