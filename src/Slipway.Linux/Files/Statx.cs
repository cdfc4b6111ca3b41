using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    private const int CurrentDirectory = -100;
    private const int SymlinkNoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;

    /// <summary>Status of the file at a path; a symlink is not followed: statx(2).</summary>
    public static FileStatus Status(string path)
    {
        Check(statx(CurrentDirectory, path, SymlinkNoFollow, BasicStats, out StatxBuffer buffer), "statx", path);
        return buffer.ToStatus();
    }

    /// <summary>As <see cref="Status(string)"/>, but false where there is no such file: a miss costs no exception.</summary>
    public static bool TryStatus(string path, out FileStatus status)
    {
        int result = statx(CurrentDirectory, path, SymlinkNoFollow, BasicStats, out StatxBuffer buffer);
        int errno = Marshal.GetLastPInvokeError();
        if (result < 0 && errno is not (Errno.ENOENT or Errno.ENOTDIR))
        {
            throw new LinuxException(errno, "statx", path);
        }

        status = buffer.ToStatus();
        return result == 0;
    }

    /// <summary>Status of an open file: statx(2) with AT_EMPTY_PATH.</summary>
    /// <param name="path">Only for the error message.</param>
    public static FileStatus Status(SafeFileHandle file, string? path = null)
    {
        Check(statx_handle(file, string.Empty, EmptyPath, BasicStats, out StatxBuffer buffer), "statx", path);
        return buffer.ToStatus();
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx_handle(SafeFileHandle directory, string path, int flags, uint mask, out StatxBuffer buffer);

    /// <summary>struct statx of linux/stat.h: 256 bytes, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(16)]
        private uint _links;
        [FieldOffset(20)]
        private uint _user;
        [FieldOffset(24)]
        private uint _group;
        [FieldOffset(28)]
        private ushort _mode;
        [FieldOffset(32)]
        private ulong _inode;
        [FieldOffset(40)]
        private ulong _size;
        [FieldOffset(96)]
        private long _changedSeconds;
        [FieldOffset(104)]
        private uint _changedNanoseconds;
        [FieldOffset(112)]
        private long _modifiedSeconds;
        [FieldOffset(120)]
        private uint _modifiedNanoseconds;
        [FieldOffset(128)]
        private uint _nodeMajor;
        [FieldOffset(132)]
        private uint _nodeMinor;
        [FieldOffset(136)]
        private uint _deviceMajor;
        [FieldOffset(140)]
        private uint _deviceMinor;

        public readonly FileStatus ToStatus() => new()
        {
            Mode = _mode,
            Links = _links,
            User = _user,
            Group = _group,
            Inode = _inode,
            Size = (long)_size,
            ModifiedSeconds = _modifiedSeconds,
            ModifiedNanoseconds = _modifiedNanoseconds,
            ChangedNanoseconds = (_changedSeconds * 1_000_000_000) + _changedNanoseconds,
            NodeDevice = ((ulong)_nodeMajor << 32) | _nodeMinor,
            Device = ((ulong)_deviceMajor << 32) | _deviceMinor,
        };
    }
}
