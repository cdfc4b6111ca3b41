using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees;
using Slipway.Linux;

namespace Slipway.Data.Tests.Worktrees;

/// <summary>What checkouts and collections promise, over each kind of blob store.</summary>
public abstract class WorktreeSuite : IAsyncLifetime
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-data-").FullName;
    private IBlobStore _blobs = null!;
    private TreeStore _trees = null!;
    private Collector _collector = null!;
    private Checkout _checkout = null!;

    private string In => Path.Join(_directory, "in");

    private string Out => Path.Join(_directory, "out");

    public async Task InitializeAsync()
    {
        _blobs = await OpenAsync(Path.Join(_directory, "store"));
        _trees = new TreeStore(_blobs);
        _collector = new Collector(_trees, _blobs);
        _checkout = new Checkout(_trees, _blobs);
    }

    public async Task DisposeAsync()
    {
        await CloseAsync(_blobs);
        DirectoryTree.Delete(_directory);
    }

    /// <summary>Opens a store that may keep its files in <paramref name="directory"/>.</summary>
    protected abstract ValueTask<IBlobStore> OpenAsync(string directory);

    /// <summary>Closes it.</summary>
    protected virtual ValueTask CloseAsync(IBlobStore blobs) => default;

    [Fact]
    public async Task What_is_collected_comes_back_with_its_modes_and_links()
    {
        Write("a/b/data.csv", "1,2");
        Write("a/run.sh", "true");
        File.SetUnixFileMode(Path.Join(In, "a/run.sh"), UnixFileMode.UserRead | UnixFileMode.GroupExecute);
        Write("日本/é", "");
        Directory.CreateDirectory(Path.Join(In, "empty/below"));
        File.CreateSymbolicLink(Path.Join(In, "a/link"), "/etc/passwd");
        CollectedTree collected = await _collector.CollectAsync(In, default);

        Assert.Equal((4L, 7L), (collected.Files, collected.Bytes));
        Assert.Equal(
            ["/a/b/data.csv File False", "/a/link Symlink False", "/a/run.sh File True", "/日本/é File False"],
            await _trees.WalkAsync(collected.Tree, default).Select(e => $"{e.Key} {e.Value.Kind} {e.Value.Executable}").ToListAsync());
        Assert.Empty(Directory.EnumerateFiles(In, "*.csv", SearchOption.AllDirectories));

        await _checkout.MaterializeAsync(collected.Tree, DataPath.Root, Out, default);
        Assert.Equal("1,2", File.ReadAllText(Path.Join(Out, "a/b/data.csv")));
        Assert.Equal(Executable, File.GetUnixFileMode(Path.Join(Out, "a/run.sh")) & Executable);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Join(Out, "a/b/data.csv")) & (Executable | Writable));
        Assert.Equal("/etc/passwd", new FileInfo(Path.Join(Out, "a/link")).LinkTarget);
        Assert.False(Directory.Exists(Path.Join(Out, "empty")));
    }

    [Fact]
    public async Task A_folder_of_many_files_is_the_tree_of_its_puts()
    {
        List<TreeEdit> puts = [];
        for (int i = 0; i < 2000; i++)
        {
            Write($"{i % 3}/{i}", $"{i}");
            puts.Add(Edits.Put($"/{i % 3}/{i}", $"{i}"));
        }

        CollectedTree collected = await _collector.CollectAsync(In, default);
        Assert.Equal(await _trees.TreeAsync([.. puts]), collected.Tree);
        await _checkout.MaterializeAsync(collected.Tree, DataPath.Root, Out, default);
        Assert.Equal(2000, Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task Two_names_of_one_file_are_two_entries()
    {
        Write("one", new string('x', 200_000));
        using (SafeFileHandle folder = Libc.Open(In, OpenFlags.Directory))
        {
            Libc.LinkAt(folder, "one", folder, "two");
        }

        CollectedTree collected = await _collector.CollectAsync(In, default);
        Assert.Equal((2L, 400_000L), (collected.Files, collected.Bytes));
        await _checkout.MaterializeAsync(collected.Tree, DataPath.Root, Out, default);
        Assert.Equal(File.ReadAllBytes(Path.Join(Out, "one")), File.ReadAllBytes(Path.Join(Out, "two")));
    }

    [Theory]
    [InlineData("/a/b/x", "a/b/x")]
    [InlineData("/a/b", "a/b/x a/b/y")]
    [InlineData("/a", "a/b/x a/b/y a/z")]
    public async Task An_entry_keeps_its_full_path(string path, string expected)
    {
        Digest tree = await RealTreeAsync("/a/b/x", "/a/b/y", "/a/z", "/c");
        await _checkout.MaterializeAsync(tree, DataPath.Parse(path), Out, default);
        Assert.Equal(
            expected.Split(' '),
            Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Out, f)).Order(StringComparer.Ordinal));
        SlipwayException error = await Edits.FailsAsync(async () => await _checkout.MaterializeAsync(tree, DataPath.Parse("/none"), Out, default));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    [Fact]
    public async Task A_checkout_never_goes_through_a_symlink_or_over_a_file()
    {
        string outside = Directory.CreateDirectory(Path.Join(_directory, "outside")).FullName;
        Directory.CreateDirectory(Out);
        Directory.CreateSymbolicLink(Path.Join(Out, "a"), outside);
        Digest tree = await RealTreeAsync("/a/x", "/b/y", "/c");
        foreach (string path in (string[])["/", "/a", "/a/x"])
        {
            SlipwayException error = await Edits.FailsAsync(async () => await _checkout.MaterializeAsync(tree, DataPath.Parse(path), Out, default));
            Assert.Equal(ErrorKind.AlreadyExists, error.Kind);
            Assert.Contains(Path.Join(Out, "a"), error.Message, StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Join(Out, "b"), "mine");
        await Edits.FailsAsync(async () => await _checkout.MaterializeAsync(tree, DataPath.Parse("/b"), Out, default));
        Assert.Equal("mine", File.ReadAllText(Path.Join(Out, "b")));
        await _checkout.MaterializeAsync(tree, DataPath.Parse("/c"), Out, default);
        SlipwayException twice = await Edits.FailsAsync(async () => await _checkout.MaterializeAsync(tree, DataPath.Parse("/c"), Out, default));
        Assert.Equal(ErrorKind.AlreadyExists, twice.Kind);
        Assert.Contains(Path.Join(Out, "c"), twice.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/proc", twice.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_symlink_to_a_folder_is_collected_as_a_link()
    {
        string outside = Directory.CreateDirectory(Path.Join(_directory, "outside")).FullName;
        File.WriteAllText(Path.Join(outside, "secret"), "s");
        Directory.CreateDirectory(In);
        Directory.CreateSymbolicLink(Path.Join(In, "link"), outside);
        CollectedTree collected = await _collector.CollectAsync(In, default);
        Assert.Equal(EntryKind.Symlink, (await _trees.WalkAsync(collected.Tree, default).SingleAsync()).Value.Kind);
        Assert.True(File.Exists(Path.Join(outside, "secret")));
    }

    [Fact]
    public async Task A_socket_is_refused_by_its_path()
    {
        Write("a/fine", "1");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Join(In, "a/s")));
        SlipwayException error = await Edits.FailsAsync(async () => await _collector.CollectAsync(In, default));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains("'/a/s'", error.Message, StringComparison.Ordinal);
        Assert.Contains("socket", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_utf8_is_refused_by_its_path()
    {
        Write("a/name", "1");
        using (SafeFileHandle folder = Libc.Open(Path.Join(In, "a"), OpenFlags.Directory))
        {
            Libc.RenameAt(folder, "name"u8, folder, [(byte)'b', 0xFF]);
        }

        SlipwayException error = await Edits.FailsAsync(async () => await _collector.CollectAsync(In, default));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains("/a/b\\xff", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        SlipwayException error = await Edits.FailsAsync(async () => await _collector.CollectAsync(In, default));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains(In, error.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(In);
        Assert.Equal(await _trees.EmptyAsync(default), (await _collector.CollectAsync(In, default)).Tree);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(In, path))!);
        File.WriteAllText(Path.Join(In, path), text);
    }

    private async Task<Digest> RealTreeAsync(params string[] paths)
    {
        List<TreeEdit> edits = [];
        foreach (string path in paths)
        {
            BlobInfo blob = await _blobs.PutAsync(Encoding.UTF8.GetBytes(path), default);
            edits.Add(new PutEntry(DataPath.Parse(path), TreeEntry.File("", blob.Size, blob.Digest)));
        }

        return await _trees.TreeAsync([.. edits]);
    }
}
