using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

public sealed class TreeStoreTests
{
    private readonly TreeStore _trees = Edits.Store();

    [Fact]
    public async Task Finds_the_root_a_file_a_folder_and_nothing()
    {
        Digest tree = await _trees.TreeAsync(Edits.Put("/a/b/c", "123"), Edits.Put("/a/d", "45"));
        Assert.Equal(("", EntryKind.Directory, 5L, tree), Parts(await _trees.FindAsync(tree, DataPath.Root, default)));
        Assert.Equal(("a", EntryKind.Directory, 5L), Short(await _trees.FindAsync(tree, DataPath.Parse("/a"), default)));
        Assert.Equal(("c", EntryKind.File, 3L), Short(await _trees.FindAsync(tree, DataPath.Parse("/a/b/c"), default)));
        Assert.Null(await _trees.FindAsync(tree, DataPath.Parse("/a/x"), default));
        Assert.Null(await _trees.FindAsync(tree, DataPath.Parse("/a/d/x"), default));
        Assert.Null(await _trees.FindAsync(tree, DataPath.Parse("/z"), default));

        static (string, EntryKind, long, Digest) Parts(TreeEntry? e) => (e!.Name, e.Kind, e.Size, e.Digest);
        static (string, EntryKind, long) Short(TreeEntry? e) => (e!.Name, e.Kind, e.Size);
    }

    [Theory]
    [InlineData("/a", "/a/b")]
    [InlineData("/a/b", "/a")]
    [InlineData("/a", "/a/b/c/d")]
    [InlineData("/a/b/c/d", "/a/b")]
    public async Task A_file_and_a_folder_of_one_name_clash_in_one_batch_and_in_two(string first, string second)
    {
        SlipwayException together = await Edits.FailsAsync(async () => await _trees.TreeAsync(Edits.Put(first), Edits.Put(second)));
        Digest tree = await _trees.TreeAsync(Edits.Put(first));
        SlipwayException apart = await Edits.FailsAsync(async () => await _trees.ApplyAsync(tree, [Edits.Put(second)], default));
        foreach (SlipwayException error in new[] { together, apart })
        {
            Assert.Equal(ErrorKind.Conflict, error.Kind);
            Assert.Contains("'" + (first.Length < second.Length ? first : second) + "'", error.Message, StringComparison.Ordinal);
            Assert.NotNull(error.Hint);
        }

        Digest mended = await _trees.TreeAsync(Edits.Put(first), Edits.Delete(first.Length < second.Length ? first : second), Edits.Put(second));
        Assert.Equal(await _trees.TreeAsync(Edits.Put(second)), mended);
    }

    [Fact]
    public async Task Edits_of_one_batch_count_in_order()
    {
        Digest tree = await _trees.TreeAsync(
            Edits.Put("/a", "1"), Edits.Put("/a", "2"), Edits.Put("/d/x"), Edits.Delete("/d"), Edits.Put("/d/y"), Edits.Delete("/a/none"));
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/a", "2"), Edits.Put("/d/y")), tree);
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/d")), await _trees.ApplyAsync(
            await _trees.TreeAsync(Edits.Put("/d/x"), Edits.Put("/a")), [Edits.Delete("/d/x"), Edits.Put("/d"), Edits.Delete("/a")], default));
        Assert.Equal(await _trees.EmptyAsync(default), await _trees.ApplyAsync(tree, [Edits.Delete("/")], default));
    }

    [Fact]
    public async Task A_whole_folder_is_put_by_its_digest()
    {
        Digest inner = await _trees.TreeAsync(Edits.Put("/x", "1"), Edits.Put("/y/z", "22"));
        TreeEntry folder = new("", EntryKind.Directory, false, 3, inner);
        Digest tree = await _trees.TreeAsync(Edits.Put("/in/old"), new PutEntry(DataPath.Parse("/in"), folder), Edits.Put("/in/new"));
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/in/x", "1"), Edits.Put("/in/y/z", "22"), Edits.Put("/in/new")), tree);
        Assert.Equal(inner, await _trees.ApplyAsync(tree, [new PutEntry(DataPath.Root, folder)], default));
        Assert.Equal(tree, await _trees.TreeAsync(new PutEntry(DataPath.Parse("/in"), folder with { Size = 99, Executable = true }), Edits.Put("/in/new")));
        TreeEntry empty = folder with { Digest = await _trees.EmptyAsync(default), Size = 0 };
        Assert.Equal(await _trees.EmptyAsync(default), await _trees.ApplyAsync(tree, [new PutEntry(DataPath.Parse("/in"), empty)], default));
        SlipwayException error = await Edits.FailsAsync(async () => await _trees.TreeAsync(Edits.Put("/f"), new PutEntry(DataPath.Parse("/f"), folder)));
        Assert.Equal(ErrorKind.Conflict, error.Kind);
        Assert.Equal(ErrorKind.InvalidArgument, (await Edits.FailsAsync(async () => await _trees.TreeAsync(new PutEntry(DataPath.Root, Edits.File("x"))))).Kind);
    }

    [Fact]
    public async Task An_edit_that_changes_nothing_keeps_the_digest()
    {
        Digest tree = await _trees.TreeAsync(Edits.Put("/a/b"), Edits.Put("/c"));
        Assert.Equal(tree, await _trees.ApplyAsync(tree, [], default));
        Assert.Equal(tree, await _trees.ApplyAsync(tree, [Edits.Put("/a/b"), Edits.Delete("/x/y/z"), Edits.Delete("/c/d")], default));
    }

    [Fact]
    public async Task A_path_of_two_thousand_folders_is_written_read_compared_and_merged()
    {
        string deep = string.Concat(Enumerable.Repeat("/d", 2040));
        Digest one = await _trees.TreeAsync(Edits.Put(deep + "/f", "1"));
        Digest two = await _trees.TreeAsync(Edits.Put(deep + "/g", "2"));
        Assert.Equal(deep + "/f", (await _trees.WalkAsync(one, default).SingleAsync()).Key.ToString());
        Assert.Equal(2, await _trees.DiffAsync(one, two, default).CountAsync());
        TreeMerge merge = await _trees.MergeAsync([new("one", one), new("two", two)], default);
        Assert.Equal(await _trees.TreeAsync(Edits.Put(deep + "/f", "1"), Edits.Put(deep + "/g", "2")), merge.Tree);
        Assert.Equal(two, await _trees.ApplyAsync(merge.Tree!.Value, [Edits.Delete(deep + "/f")], default));
    }

    [Fact]
    public async Task A_change_of_kind_or_mode_is_a_change()
    {
        TreeEntry file = Edits.File("t");
        DataPath path = DataPath.Parse("/f");
        Digest plain = await _trees.TreeAsync(new PutEntry(path, file));
        foreach (TreeEntry other in new[] { file with { Executable = true }, file with { Kind = EntryKind.Symlink } })
        {
            Digest changed = await _trees.ApplyAsync(plain, [new PutEntry(path, other)], default);
            TreeChange change = await _trees.DiffAsync(plain, changed, default).SingleAsync();
            Assert.Equal((file with { Name = "f" }, other with { Name = "f" }), (change.Before, change.After));
        }
    }
}
