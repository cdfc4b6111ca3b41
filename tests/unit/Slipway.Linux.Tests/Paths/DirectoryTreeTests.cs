using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux.Tests.Paths;

public sealed class DirectoryTreeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-tree-").FullName;

    public void Dispose() => DirectoryTree.Delete(_directory);

    [Fact]
    public void A_tree_goes_and_what_its_symlinks_point_to_stays()
    {
        string outside = Path.Combine(_directory, "outside");
        string tree = Path.Combine(_directory, "tree");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "kept"), "x");
        Directory.CreateDirectory(Path.Combine(tree, "a", "b"));
        File.WriteAllText(Path.Combine(tree, "a", "b", "file"), "x");
        Directory.CreateSymbolicLink(Path.Combine(tree, "a", "link"), outside);
        File.CreateSymbolicLink(Path.Combine(tree, "dangling"), "/nowhere");
        DirectoryTree.Delete(tree + "/");
        Assert.False(Path.Exists(tree));
        Assert.True(File.Exists(Path.Combine(outside, "kept")));
    }

    [Fact]
    public void A_symlink_is_removed_itself()
    {
        string outside = Path.Combine(_directory, "outside");
        Directory.CreateDirectory(outside);
        Directory.CreateSymbolicLink(Path.Combine(_directory, "link"), outside);
        DirectoryTree.Delete(Path.Combine(_directory, "link"));
        Assert.True(Directory.Exists(outside));
        Assert.Equal([outside], Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public void An_absent_path_is_no_error()
    {
        DirectoryTree.Delete(Path.Combine(_directory, "absent"));
        DirectoryTree.Delete(Path.Combine(_directory, "absent", "deeper"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public void A_tree_deeper_than_any_path_goes()
    {
        string tree = Path.Combine(_directory, "deep");
        Directory.CreateDirectory(tree);
        SafeFileHandle current = Libc.Open(tree, OpenFlags.Directory);
        for (int depth = 0; depth < 3000; depth++)
        {
            Libc.MakeDirectoryAt(current, "d", 0x1C0);
            SafeFileHandle next = Libc.OpenAt(current, "d", OpenFlags.Directory, ResolveFlags.Beneath);
            current.Dispose();
            current = next;
        }

        current.Dispose();
        DirectoryTree.Delete(tree);
        Assert.False(Path.Exists(tree));
    }

    [Fact]
    public void Names_that_are_not_utf8_go_too()
    {
        string tree = Path.Combine(_directory, "names");
        Directory.CreateDirectory(tree);
        using (SafeFileHandle handle = Libc.Open(tree, OpenFlags.Directory))
        {
            Libc.MakeDirectoryAt(handle, "plain", 0x1C0);
            Libc.RenameAt(handle, "plain"u8, handle, [0xFF, 0xFE, (byte)'x']);
            Assert.Equal([0xFF, 0xFE, (byte)'x'], Assert.Single(Libc.ListNames(handle)));
        }

        DirectoryTree.Delete(tree);
        Assert.False(Path.Exists(tree));
    }
}
