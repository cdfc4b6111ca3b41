using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux.Tests.Files;

public sealed class FileCallTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-linux-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void An_error_names_the_call_the_path_and_the_reason()
    {
        LinuxException refused = Assert.Throws<LinuxException>(() => Libc.Open(At("absent"), OpenFlags.ReadOnly));
        Assert.Equal((Errno.ENOENT, "open", At("absent")), (refused.Errno, refused.Call, refused.Path));
        Assert.Contains("No such file or directory", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_makes_a_file_once_and_follows_no_symlink_when_told()
    {
        using (Libc.Open(At("new"), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, Convert.ToInt32("600", 8)))
        {
            Assert.Equal(
                Errno.EEXIST, Assert.Throws<LinuxException>(() => Libc.Open(At("new"), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive)).Errno);
        }

        File.CreateSymbolicLink(At("link"), At("new"));
        Assert.Equal(Errno.ELOOP, Assert.Throws<LinuxException>(() => Libc.Open(At("link"), OpenFlags.ReadOnly | OpenFlags.NoFollow)).Errno);
    }

    [Fact]
    public void Status_tells_type_mode_size_links_and_time()
    {
        File.WriteAllText(At("file"), "12345");
        File.SetUnixFileMode(At("file"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMilliseconds(250);
        File.SetLastWriteTimeUtc(At("file"), time.UtcDateTime);
        Libc.Link(At("file"), At("second"));
        File.CreateSymbolicLink(At("link"), "file");
        using SafeFileHandle handle = Libc.Open(At("second"), OpenFlags.ReadOnly);
        FileStatus status = Libc.Status(At("file"));
        Assert.Equal(status, Libc.Status(handle));
        Assert.True(status.IsRegular);
        Assert.Equal((5L, 2u, Convert.ToInt32("440", 8)), (status.Size, status.Links, status.Permissions));
        Assert.Equal((1_700_000_000L, 250_000_000u), (status.ModifiedSeconds, status.ModifiedNanoseconds));
        Assert.Equal((uint)Libc.EffectiveUser(), status.User);
        Assert.True(Libc.Status(At("link")).IsSymlink);
        Assert.True(Libc.Status(_directory).IsDirectory);
        Assert.True(Libc.Status("/dev/null").IsCharacterDevice);
        Assert.Equal((1UL << 32) | 3, Libc.Status("/dev/null").NodeDevice);
        Assert.False(Libc.TryStatus(At("absent"), out _));
        Assert.False(Libc.TryStatus(At("file/below"), out _));
        Assert.True(Libc.TryStatus(At("file"), out FileStatus found));
        Assert.Equal(status, found);
    }

    [Fact]
    public void Rename_replaces_and_Link_does_not()
    {
        File.WriteAllText(At("a"), "a");
        File.WriteAllText(At("b"), "b");
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => Libc.Link(At("a"), At("b"))).Errno);
        Libc.Rename(At("a"), At("b"));
        Assert.Equal("a", File.ReadAllText(At("b")));
        Assert.False(File.Exists(At("a")));
    }

    [Fact]
    public void A_lock_is_held_by_one_open_file_until_it_is_closed()
    {
        using SafeFileHandle second = Libc.Open(At("lock"), OpenFlags.ReadWrite | OpenFlags.Create, Convert.ToInt32("600", 8));
        using (SafeFileHandle first = Libc.Open(At("lock"), OpenFlags.ReadWrite))
        {
            Assert.True(Libc.TryLock(first));
            Assert.False(Libc.TryLock(second));
        }

        Assert.True(Libc.TryLock(second));
    }

    [Fact]
    public void A_lock_given_back_is_free_even_while_the_file_is_still_open_somewhere()
    {
        // A child process between its fork and its exec holds the same open file; the open handle stands in for it.
        using SafeFileHandle first = Libc.Open(At("lock"), OpenFlags.ReadWrite | OpenFlags.Create, Convert.ToInt32("600", 8));
        using SafeFileHandle second = Libc.Open(At("lock"), OpenFlags.ReadWrite);
        Assert.True(Libc.TryLock(first));
        Libc.Unlock(first);
        Assert.True(Libc.TryLock(second));
        Libc.Unlock(first);
        Assert.False(Libc.TryLock(first));
    }

    [Fact]
    public void CopyFileRange_copies_from_and_to_offsets_and_ends_with_0()
    {
        File.WriteAllText(At("source"), "0123456789");
        using SafeFileHandle source = Libc.Open(At("source"), OpenFlags.ReadOnly);
        using SafeFileHandle target = Libc.Open(At("target"), OpenFlags.ReadWrite | OpenFlags.Create, Convert.ToInt32("600", 8));
        Assert.Equal(4, Libc.CopyFileRange(source, 3, target, 2, 4));
        Assert.Equal("\0\03456", File.ReadAllText(At("target")));
        Assert.Equal(0, Libc.CopyFileRange(source, 10, target, 0, 4));
    }

    [Fact]
    public void Syncs_succeed_on_files_and_directories()
    {
        File.WriteAllText(At("file"), "x");
        using SafeFileHandle file = Libc.Open(At("file"), OpenFlags.ReadWrite);
        using SafeFileHandle directory = Libc.Open(_directory, OpenFlags.Directory);
        Libc.BeginWriteback(file, 0, 1);
        Libc.Fdatasync(file);
        Libc.Fsync(file);
        Libc.Fsync(directory);

        // A pipe has no disk behind it: the error must come through.
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        using SafeFileHandle end = new(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => Libc.Fsync(end, "pipe")).Errno);
    }

    [Fact]
    public void Fchmod_ignores_the_umask()
    {
        using SafeFileHandle file = Libc.Open(At("file"), OpenFlags.ReadWrite | OpenFlags.Create, Convert.ToInt32("600", 8));
        Libc.Fchmod(file, Convert.ToInt32("777", 8));
        Assert.Equal(Convert.ToInt32("777", 8), Libc.Status(file).Permissions);
    }

    private string At(string name) => Path.Combine(_directory, name);
}
