using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

public sealed class TreeMergeTests
{
    private readonly InMemoryBlobStore _blobs = new();
    private readonly TreeStore _trees;

    public TreeMergeTests() => _trees = new TreeStore(_blobs);

    [Fact]
    public async Task Thousands_of_small_trees_come_to_the_tree_of_all_their_files()
    {
        List<TreeEdit> all = [];
        List<LabelledTree> trees = [];
        for (int i = 0; i < 3000; i++)
        {
            TreeEdit[] edits = [Edits.Put($"/out/{i % 7}/{i}.csv", $"{i}"), Edits.Put($"/logs-{i}/log", $"{i}")];
            all.AddRange(edits);
            trees.Add(new($"datum {i}", await _trees.TreeAsync(edits)));
        }

        int puts = _blobs.Puts;
        TreeMerge merge = await _trees.MergeAsync(trees, default);
        Assert.InRange(_blobs.Puts - puts, 1, 100);
        Assert.Empty(merge.Conflicts.AsEnumerable());
        Assert.Equal(await _trees.TreeAsync([.. all]), merge.Tree);
    }

    [Fact]
    public async Task No_trees_and_empty_trees_come_to_the_empty_tree()
    {
        Digest empty = await _trees.EmptyAsync(default);
        Assert.Equal(empty, (await _trees.MergeAsync([], default)).Tree);
        Assert.Equal(empty, (await _trees.MergeAsync([new("a", empty), new("b", empty)], default)).Tree);
        Digest one = await _trees.TreeAsync(Edits.Put("/a"));
        Assert.Equal(one, (await _trees.MergeAsync([new("a", empty), new("b", one)], default)).Tree);
    }

    [Fact]
    public async Task A_path_in_two_trees_is_a_conflict_also_of_the_same_bytes()
    {
        TreeMerge merge = await _trees.MergeAsync(
            [
                new("datum 1", await _trees.TreeAsync(Edits.Put("/a/same", "x"), Edits.Put("/other", "1"))),
                new("datum 2", await _trees.TreeAsync(Edits.Put("/fine"))),
                new("datum 3", await _trees.TreeAsync(Edits.Put("/a/same", "x"), Edits.Put("/other", "3"))),
            ],
            default);
        Assert.Null(merge.Tree);
        Assert.Equal([new TreeConflict(DataPath.Parse("/a/same"), "datum 1", "datum 3"), new TreeConflict(DataPath.Parse("/other"), "datum 1", "datum 3")], merge.Conflicts.AsEnumerable());
    }

    [Fact]
    public async Task A_file_where_another_tree_has_a_folder_is_a_conflict_with_each()
    {
        TreeMerge merge = await _trees.MergeAsync(
            [
                new("one", await _trees.TreeAsync(Edits.Put("/a/x"))),
                new("two", await _trees.TreeAsync(Edits.Put("/a"))),
                new("three", await _trees.TreeAsync(Edits.Put("/a/y"))),
            ],
            default);
        Assert.Null(merge.Tree);
        Assert.Equal([new TreeConflict(DataPath.Parse("/a"), "one", "two"), new TreeConflict(DataPath.Parse("/a"), "two", "three")], merge.Conflicts.AsEnumerable());
    }

    [Fact]
    public async Task Conflicts_are_listed_up_to_a_bound()
    {
        Digest many = await _trees.TreeAsync([.. Enumerable.Range(0, 500).Select(i => Edits.Put($"/{i}"))]);
        TreeMerge merge = await _trees.MergeAsync([new("a", many), new("b", many)], default);
        Assert.Null(merge.Tree);
        Assert.Equal(TreeMerge.MaxConflicts, merge.Conflicts.Length);
    }

    [Fact]
    public async Task A_folder_that_only_one_tree_has_is_not_read()
    {
        Digest large = await _trees.TreeAsync([.. Enumerable.Range(0, 20_000).Select(i => Edits.Put($"/large/{i}"))]);
        Digest small = await _trees.TreeAsync(Edits.Put("/small/x"));
        TreeStore cold = new(_blobs);
        int opens = _blobs.Opens;
        Assert.NotNull((await cold.MergeAsync([new("large", large), new("small", small)], default)).Tree);
        Assert.InRange(_blobs.Opens - opens, 1, 4);
    }
}
