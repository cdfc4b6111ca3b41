using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux.Tests.Paths;

public sealed class OpenAtTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-openat-").FullName;
    private readonly SafeFileHandle _root;

    public OpenAtTests()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "root", "etc"));
        File.WriteAllText(Path.Combine(_directory, "root", "etc", "passwd"), "inside");
        File.WriteAllText(Path.Combine(_directory, "secret"), "outside");
        File.CreateSymbolicLink(Path.Combine(_directory, "root", "up"), "../secret");
        File.CreateSymbolicLink(Path.Combine(_directory, "root", "absolute"), "/etc/passwd");
        _root = Libc.Open(Path.Combine(_directory, "root"), OpenFlags.Path | OpenFlags.Directory);
    }

    public void Dispose()
    {
        _root.Dispose();
        DirectoryTree.Delete(_directory);
    }

    [Theory]
    [InlineData("etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("../../etc/passwd")]
    [InlineData("absolute")]
    public void In_a_root_every_path_ends_inside(string path)
    {
        using SafeFileHandle file = Libc.OpenAt(_root, path, OpenFlags.ReadOnly, ResolveFlags.InRoot);
        byte[] text = new byte[100];
        Assert.Equal("inside", Encoding.UTF8.GetString(text, 0, RandomAccess.Read(file, text, 0)));
    }

    [Theory]
    [InlineData("up", ResolveFlags.InRoot, Errno.ENOENT)]
    [InlineData("up", ResolveFlags.Beneath, Errno.EXDEV)]
    [InlineData("../secret", ResolveFlags.Beneath, Errno.EXDEV)]
    [InlineData("/etc/passwd", ResolveFlags.Beneath, Errno.EXDEV)]
    [InlineData("absolute", ResolveFlags.NoSymlinks, Errno.ELOOP)]
    public void What_would_leave_is_refused(string path, ResolveFlags resolve, int errno)
    {
        using SafeFileHandle file = Libc.TryOpenAt(_root, path, OpenFlags.ReadOnly, resolve, out int actual);
        Assert.True(file.IsInvalid);
        Assert.Equal(errno, actual);
        Assert.Equal(errno, Assert.Throws<LinuxException>(() => Libc.OpenAt(_root, path, OpenFlags.ReadOnly, resolve)).Errno);
    }

    [Fact]
    public void Only_a_real_folder_opens_as_a_subdirectory()
    {
        Directory.CreateSymbolicLink(Path.Combine(_directory, "root", "link"), "etc");
        using SafeFileHandle root = Libc.Open(Path.Combine(_directory, "root"), OpenFlags.Directory);
        Assert.Null(Libc.OpenSubdirectory(root, "link"u8));
        Assert.Null(Libc.OpenSubdirectory(root, "absolute"u8));
        Assert.Null(Libc.OpenSubdirectory(root, "nothing"u8));
        using SafeFileHandle? folder = Libc.OpenSubdirectory(root, "etc"u8);
        Assert.NotNull(folder);
    }

    [Fact]
    public void Names_are_made_renamed_linked_timed_and_removed_by_handle()
    {
        using SafeFileHandle root = Libc.Open(Path.Combine(_directory, "root"), OpenFlags.Directory);
        Libc.SymlinkAt("target", root, "s");
        Assert.Equal("target", Libc.ReadLinkAt(root, "s"));
        Libc.SetTimesAt(root, "s", 1_000_000_000, 5);
        Assert.Equal((1_000_000_000L, 5u), (Libc.StatusAt(root, "s")!.Value.ModifiedSeconds, Libc.StatusAt(root, "s")!.Value.ModifiedNanoseconds));
        Libc.LinkAt(root, "etc/passwd", root, "hard");
        Assert.Equal(2u, Libc.StatusAt(root, "hard")!.Value.Links);
        Libc.ChangeModeAt(root, "hard", 0x1C0);
        Assert.Equal(0x1C0, Libc.StatusAt(root, "etc/passwd")!.Value.Permissions);
        Libc.RenameAt(root, "hard", root, "renamed");
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => Libc.RenameAt(root, "renamed", root, "s", noReplace: true)).Errno);
        Assert.True(Libc.UnlinkAt(root, "renamed", isDirectory: false));
        Assert.False(Libc.UnlinkAt(root, "renamed", isDirectory: false));
        Assert.Null(Libc.StatusAt(root, "renamed"));
    }

    [Fact]
    public void Attributes_are_set_listed_read_and_removed()
    {
        string file = Path.Combine(_directory, "root", "etc", "passwd");
        byte[] large = new byte[1000];
        Libc.SetXattr(file, "user.one", "1"u8);
        using (SafeFileHandle handle = Libc.Open(file, OpenFlags.ReadOnly))
        {
            Libc.SetXattr(handle, "user.large", large, file);
        }

        Assert.Equal(["user.large", "user.one"], Libc.ListXattrs(file).Where(name => name.StartsWith("user.", StringComparison.Ordinal)).Order());
        Assert.Equal("1"u8.ToArray(), Libc.GetXattr(file, "user.one"));
        Assert.Equal(large, Libc.GetXattr(file, "user.large"));
        Libc.RemoveXattr(file, "user.one");
        Libc.RemoveXattr(file, "user.one");
        Assert.Null(Libc.GetXattr(file, "user.one"));
    }
}
