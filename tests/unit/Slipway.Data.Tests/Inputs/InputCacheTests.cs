using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Contents;
using Slipway.Data.Inputs;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Linux;

namespace Slipway.Data.Tests.Inputs;

public sealed class InputCacheTests : IAsyncLifetime
{
    private static readonly InputBounds Plenty = new(1 << 30, 1000);
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-inputs-").FullName;
    private readonly InMemoryBlobStore _blobs = new();
    private readonly TreeStore _trees;
    private InputCache _cache;

    public InputCacheTests()
    {
        _trees = new TreeStore(_blobs);
        _cache = InputCache.Open(Root, Plenty);
    }

    private string Root => Path.Join(_directory, "inputs");

    private RepoContent Content => new(_blobs, _trees);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _cache.DisposeAsync();
        DirectoryTree.Delete(_directory);
    }

    [Fact]
    public async Task What_many_ask_for_at_once_is_unpacked_once()
    {
        int unpacked = 0;
        _blobs.BeforeMaterialize = async _ =>
        {
            Interlocked.Increment(ref unpacked);
            await Task.Yield();
        };
        TreeEntry folder = await FolderAsync(("/a/one", "1"), ("/a/two", "22"), ("/three", "333"));
        HeldInput[] held = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await HoldAsync(folder))));

        Assert.Equal(3, unpacked);
        Assert.Single(held.Select(input => input.Path).Distinct());
        Assert.Equal("22", File.ReadAllText(Path.Join(held[0].Path, "a/two")));
        Assert.Equal([], Directory.EnumerateFileSystemEntries(Path.Join(Root, "tmp")));
    }

    [Fact]
    public async Task A_file_and_the_same_file_with_an_execute_bit_are_two()
    {
        TreeEntry plain = await FileAsync("text", executable: false);
        using HeldInput first = await HoldAsync(plain);
        using HeldInput again = await HoldAsync(plain with { Name = "another name" });
        using HeldInput executable = await HoldAsync(plain with { Executable = true });

        Assert.Equal(Libc.Status(first.Path).Inode, Libc.Status(again.Path).Inode);
        Assert.Equal((0x124, 0x16D), (Libc.Status(first.Path).Permissions, Libc.Status(executable.Path).Permissions));
    }

    [Fact]
    public async Task A_large_file_is_a_link_to_its_blob_and_counts_no_bytes()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Path.Join(_directory, "blobs"), default);
        BlobInfo blob = await store.PutAsync(new byte[200_000], default);
        await using InputCache narrow = InputCache.Open(Path.Join(_directory, "narrow"), new InputBounds(1000, 1000));
        string path;
        using (HeldInput held = await narrow.HoldAsync(new RepoContent(store, new TreeStore(store)), TreeEntry.File("f", blob.Size, blob.Digest), default))
        {
            path = held.Path;
            Assert.Equal(2u, Libc.Status(path).Links);
        }

        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task What_is_longest_unused_goes_first_and_what_is_held_never()
    {
        await _cache.DisposeAsync();
        _cache = InputCache.Open(Root, new InputBounds(Bytes: 30, Files: 1000));
        HeldInput held = await HoldAsync(await FileAsync("0123456789"));
        string[] paths = new string[4];
        for (int i = 0; i < 4; i++)
        {
            using HeldInput input = await HoldAsync(await FileAsync($"012345678{(char)('a' + i)}"));
            paths[i] = input.Path;
        }

        Assert.Equal([false, false, true, true], paths.Select(File.Exists));
        Assert.True(File.Exists(held.Path));
        held.Dispose();
        using HeldInput large = await HoldAsync(await FileAsync(new string('x', 100)));
        Assert.Equal(100, new FileInfo(large.Path).Length);
        Assert.Equal([false, false, false, false, false], paths.Append(held.Path).Select(File.Exists));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_never_used()
    {
        TreeEntry folder = await FolderAsync(("/one", "1"), ("/two", "2"));
        string path = (await HoldAsync(folder)).Path;
        await _cache.DisposeAsync();
        File.Delete(Path.Join(path, "one"));
        Directory.CreateDirectory(Path.Join(Root, "tmp/half"));

        _cache = InputCache.Open(Root, Plenty);
        using HeldInput held = await HoldAsync(folder);
        Assert.Equal(path, held.Path);
        Assert.Equal("1", File.ReadAllText(Path.Join(held.Path, "one")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Join(Root, "tmp")));
    }

    [Fact]
    public async Task A_full_disk_takes_what_nobody_holds_and_then_fails_leaving_nothing_half()
    {
        HeldInput held = await HoldAsync(await FileAsync("held"));
        string idle;
        using (HeldInput input = await HoldAsync(await FileAsync("idle")))
        {
            idle = input.Path;
        }

        int fail = 1;
        _blobs.BeforeMaterialize = _ => fail-- > 0 ? throw new SlipwayException(ErrorKind.OutOfSpace, "full") : Task.CompletedTask;
        TreeEntry folder = await FolderAsync(("/one", "1"), ("/two", "2"));
        using (HeldInput fits = await HoldAsync(folder))
        {
            Assert.Equal((false, true), (File.Exists(idle), File.Exists(held.Path)));
        }

        fail = int.MaxValue;
        SlipwayException error = await Edits.FailsAsync(async () => await HoldAsync(await FolderAsync(("/three", "3"))));
        Assert.Equal(ErrorKind.OutOfSpace, error.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Join(Root, "tmp")));
        fail = 0;
        using HeldInput later = await HoldAsync(await FolderAsync(("/three", "3")));
        Assert.Equal("3", File.ReadAllText(Path.Join(later.Path, "three")));
    }

    [Fact]
    public async Task One_who_gives_up_waiting_leaves_the_others_their_input()
    {
        TaskCompletionSource begun = new();
        TaskCompletionSource go = new();
        _blobs.BeforeMaterialize = _ =>
        {
            begun.TrySetResult();
            return go.Task;
        };
        TreeEntry file = await FileAsync("awaited");
        using CancellationTokenSource impatient = new();
        Task<HeldInput> first = _cache.HoldAsync(Content, file, impatient.Token).AsTask();
        await begun.Task;
        Task<HeldInput> second = HoldAsync(file);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        Assert.Equal("awaited", File.ReadAllText((await second).Path));
    }

    [Fact]
    public async Task What_is_forgotten_goes_at_once_or_with_its_last_holder()
    {
        TreeEntry file = await FileAsync("purged");
        HeldInput held = await HoldAsync(file);
        string idle;
        using (HeldInput input = await HoldAsync(await FileAsync("idle")))
        {
            idle = input.Path;
        }

        _cache.Forget();
        Assert.Equal((false, true), (File.Exists(idle), File.Exists(held.Path)));
        held.Dispose();
        held.Dispose();
        Assert.False(File.Exists(held.Path));
        Assert.Equal("purged", File.ReadAllText((await HoldAsync(file)).Path));
    }

    private async Task<HeldInput> HoldAsync(TreeEntry entry) => await _cache.HoldAsync(Content, entry, default);

    private async Task<TreeEntry> FileAsync(string text, bool executable = false) =>
        TreeEntry.File("file", text.Length, await _blobs.PutTextAsync(text), executable);

    private async Task<TreeEntry> FolderAsync(params (string Path, string Text)[] files)
    {
        foreach ((_, string text) in files)
        {
            await _blobs.PutTextAsync(text);
        }

        Digest tree = await _trees.TreeAsync([.. files.Select(file => Edits.Put(file.Path, file.Text))]);
        return (await _trees.FindAsync(tree, DataPath.Root, default))!;
    }
}
