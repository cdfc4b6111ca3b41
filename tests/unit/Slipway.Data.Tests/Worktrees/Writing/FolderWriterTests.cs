using System.Text;
using Slipway.Content;
using Slipway.Data.Contents;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Data.Worktrees.Writing;
using Slipway.Linux;

namespace Slipway.Data.Tests.Worktrees.Writing;

public sealed class FolderWriterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-get-").FullName;
    private readonly InMemoryBlobStore _blobs = new();
    private readonly RepoContent _content;

    public FolderWriterTests()
    {
        _content = new RepoContent(_blobs, new TreeStore(_blobs));
        Directory.CreateDirectory(Out);
    }

    private string Out => Path.Join(_directory, "out");

    public void Dispose() => DirectoryTree.Delete(_directory);

    [Fact]
    public async Task A_folder_written_and_read_again_is_the_same_tree()
    {
        Digest tree = await TreeAsync();
        Assert.True(await WriteAsync(tree));
        Assert.Equal("2", File.ReadAllText(Path.Join(Out, "d/e/two")));
        Assert.Equal("../one", new FileInfo(Path.Join(Out, "d/link")).LinkTarget);
        Assert.False(new FileInfo(Path.Join(Out, "one")).IsReadOnly);
        FileStatus status = Libc.Status(Out);
        TreeEntry? again = await new FolderReader(Path.Join(_directory, "scans"), TimeProvider.System).ReadFolderAsync(
            _content, Out, new FileIdentity(status.Device, status.Inode), null, new ScanTally(), default);
        Assert.Equal(tree, again!.Digest);
    }

    [Fact]
    public async Task An_interrupted_write_goes_on_and_leaves_what_is_right_as_it_stands()
    {
        Digest tree = await TreeAsync();
        Assert.True(await WriteAsync(tree));
        File.Delete(Path.Join(Out, "d/e/two"));
        ulong kept = Libc.Status(Path.Join(Out, "one")).Inode;
        Assert.True(await WriteAsync(tree));
        Assert.Equal("2", File.ReadAllText(Path.Join(Out, "d/e/two")));
        Assert.Equal(kept, Libc.Status(Path.Join(Out, "one")).Inode);
        File.WriteAllText(Path.Join(Out, "d/e/two"), "3");
        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<SlipwayException>(() => WriteAsync(tree))).Kind);
    }

    [Fact]
    public async Task What_is_there_is_kept_unless_told_otherwise()
    {
        Digest tree = await TreeAsync();
        File.WriteAllText(Path.Join(Out, "one"), "mine");
        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<SlipwayException>(() => WriteAsync(tree))).Kind);
        Assert.Equal("mine", File.ReadAllText(Path.Join(Out, "one")));
        Assert.True(await WriteAsync(tree, overwrite: true));
        Assert.True(await WriteAsync(tree, overwrite: true));
        Assert.Equal("1", File.ReadAllText(Path.Join(Out, "one")));
        Assert.Empty(Directory.GetFiles(Out, ".slipway-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_symlink_that_leads_out()
    {
        Digest tree = await TreeAsync();
        string outside = Directory.CreateDirectory(Path.Join(_directory, "outside")).FullName;
        File.WriteAllText(Path.Join(outside, "victim"), "safe");
        File.CreateSymbolicLink(Path.Join(Out, "d"), outside);
        File.CreateSymbolicLink(Path.Join(Out, "one"), Path.Join(outside, "victim"));
        await Assert.ThrowsAsync<SlipwayException>(() => WriteAsync(tree, overwrite: true));
        Assert.Equal(["victim"], Directory.GetFileSystemEntries(outside).Select(path => Path.GetFileName(path)));
        Assert.Equal("safe", File.ReadAllText(Path.Join(outside, "victim")));
    }

    [Fact]
    public async Task Another_folder_at_the_path_is_left_alone_and_a_lost_blob_leaves_no_half_file()
    {
        Digest tree = await TreeAsync();
        FileStatus status = Libc.Status(Out);
        FolderWriter writer = new(_content, overwrite: false, new ScanTally());
        Assert.False(await writer.WriteAsync(tree, Out, new FileIdentity(status.Device, status.Inode + 1), default));
        Assert.Empty(Directory.GetFileSystemEntries(Out));
        await _blobs.DeleteAsync([Digest.Of("2")], default);
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<SlipwayException>(() => WriteAsync(tree))).Kind);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Join(Out, "d/e")));
    }

    private async Task<bool> WriteAsync(Digest tree, bool overwrite = false)
    {
        FileStatus status = Libc.Status(Out);
        return await new FolderWriter(_content, overwrite, new ScanTally()).WriteAsync(tree, Out, new FileIdentity(status.Device, status.Inode), default);
    }

    private async Task<Digest> TreeAsync()
    {
        List<TreeEdit> edits =
        [
            new PutEntry(DataPath.Parse("/one"), await EntryAsync("1", EntryKind.File)),
            new PutEntry(DataPath.Parse("/d/e/two"), await EntryAsync("2", EntryKind.File)),
            new PutEntry(DataPath.Parse("/d/run"), await EntryAsync("run", EntryKind.File) with { Executable = true }),
            new PutEntry(DataPath.Parse("/d/link"), await EntryAsync("../one", EntryKind.Symlink)),
        ];
        return await _content.Trees.ApplyAsync(await _content.Trees.EmptyAsync(default), edits, default);
    }

    private async Task<TreeEntry> EntryAsync(string text, EntryKind kind) =>
        new("", kind, false, text.Length, (await _blobs.PutAsync(Encoding.UTF8.GetBytes(text), default)).Digest);
}
