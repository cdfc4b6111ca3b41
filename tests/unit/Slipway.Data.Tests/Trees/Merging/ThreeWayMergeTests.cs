using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Data.Trees.Merging;

namespace Slipway.Data.Tests.Trees.Merging;

public sealed class ThreeWayMergeTests
{
    // In the first set a name is always a folder or always a file; in the second it may be either.
    private static readonly string[] Tidy = ["/d/e/f1", "/d/e/f2", "/d/f1", "/d/f3", "/e/f1", "/f1", "/f2"];
    private static readonly string[] Clashing = ["/a", "/a/b", "/a/b/c", "/a/c", "/b", "/b/a"];

    [Fact]
    public void Tidy_trees_merge_path_by_path() => Check(Tidy, exactly: true);

    [Fact]
    public void Where_files_stand_against_folders_a_merge_is_right_or_a_conflict() => Check(Clashing, exactly: false);

    [Fact]
    public async Task A_conflict_shows_what_each_side_has_and_favor_decides_it()
    {
        TreeStore trees = Edits.Store();
        Digest basis = await trees.TreeAsync(Edits.Put("/a", "0"), Edits.Put("/d/b", "0"), Edits.Put("/d/c", "0"));
        Digest ours = await trees.TreeAsync(Edits.Put("/a", "1"), Edits.Put("/d/b", "0"));
        Digest theirs = await trees.TreeAsync(Edits.Put("/a", "22"), Edits.Put("/d/b", "2"), Edits.Put("/d/c", "2"));
        MergeOutcome outcome = await trees.MergeAsync(basis, ours, theirs, MergeFavor.None, default);
        Assert.Null(outcome.Tree);
        Assert.Equal(["/a", "/d/c"], outcome.Conflicts.Select(c => c.Path.ToString()));
        Assert.Equal((Digest.Of("0"), Digest.Of("1"), Digest.Of("22")), (outcome.Conflicts[0].Basis!.Digest, outcome.Conflicts[0].Ours!.Digest, outcome.Conflicts[0].Theirs!.Digest));
        Assert.Null(outcome.Conflicts[1].Ours);
        Assert.Equal(
            await trees.TreeAsync(Edits.Put("/a", "1"), Edits.Put("/d/b", "2")), (await trees.MergeAsync(basis, ours, theirs, MergeFavor.Ours, default)).Tree);
        Assert.Equal(
            await trees.TreeAsync(Edits.Put("/a", "22"), Edits.Put("/d/b", "2"), Edits.Put("/d/c", "2")),
            (await trees.MergeAsync(basis, ours, theirs, MergeFavor.Theirs, default)).Tree);
    }

    [Fact]
    public async Task What_only_one_side_changed_is_not_read()
    {
        InMemoryBlobStore blobs = new();
        TreeStore trees = new(blobs);
        TreeEdit[] many = [.. Enumerable.Range(0, 20_000).Select(i => Edits.Put($"/wide/{i:d6}", $"{i}"))];
        Digest basis = await trees.TreeAsync([.. many, Edits.Put("/x", "0")]);
        Digest ours = await trees.ApplyAsync(basis, [Edits.Put("/wide/010000", "ours")], default);
        Digest theirs = await trees.ApplyAsync(basis, [Edits.Put("/wide/000003", "theirs"), .. Enumerable.Range(0, 20_000).Select(i => Edits.Put($"/new/{i:d6}", $"{i}"))], default);
        Digest expected = await trees.ApplyAsync(theirs, [Edits.Put("/wide/010000", "ours")], default);
        int before = blobs.Opens;
        TreeStore fresh = new(blobs);
        Assert.Equal(expected, (await fresh.MergeAsync(basis, ours, theirs, MergeFavor.None, default)).Tree);
        Assert.InRange(blobs.Opens - before, 1, 40);
    }

    private static void Check(string[] paths, bool exactly)
    {
        // Five files at most of each side, each with one of two contents: the sides agree, differ and leave alone often enough.
        Gen<(int Path, int Text)[]> side = Gen.Choose(0, paths.Length - 1).Zip(Gen.Choose(0, 1)).ArrayOf(5);
        Prop.ForAll(
            side.Zip(side).Zip(side).ToArbitrary(),
            sides => CheckAsync(paths, sides.Item1.Item1, sides.Item1.Item2, sides.Item2, exactly).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static async Task<bool> CheckAsync(
        string[] paths, (int Path, int Text)[] basisFiles, (int Path, int Text)[] ourFiles, (int Path, int Text)[] theirFiles, bool exactly)
    {
        TreeStore trees = Edits.Store();
        Dictionary<string, string> basis = Model(paths, basisFiles);
        Dictionary<string, string> ours = Model(paths, ourFiles);
        Dictionary<string, string> theirs = Model(paths, theirFiles);
        MergeOutcome outcome = await trees.MergeAsync(await TreeAsync(trees, basis), await TreeAsync(trees, ours), await TreeAsync(trees, theirs), MergeFavor.None, default);

        Dictionary<string, string> merged = [];
        List<string> conflicts = [];
        foreach (string path in basis.Keys.Union(ours.Keys).Union(theirs.Keys).OrderBy(DataPath.Parse))
        {
            (string? b, string? o, string? t) = (basis.GetValueOrDefault(path), ours.GetValueOrDefault(path), theirs.GetValueOrDefault(path));
            if (b != t && b != o && o != t)
            {
                conflicts.Add(path);
            }
            else if ((b == t ? o : t) is { } text)
            {
                merged[path] = text;
            }
        }

        bool fits = conflicts.Count == 0 && !merged.Keys.Any(k => merged.Keys.Any(other => other.StartsWith(k + "/", StringComparison.Ordinal)));
        if (exactly)
        {
            Assert.Equal(conflicts, outcome.Conflicts.Select(c => c.Path.ToString()));
        }

        // A merge that goes through is that of the paths one by one; what cannot be merged path by path never goes through.
        Assert.True(fits || outcome.Tree is null);
        Assert.True(outcome.Tree is null != outcome.Conflicts.IsEmpty);
        if (outcome.Tree is { } tree)
        {
            Assert.Equal(await TreeAsync(trees, merged), tree);
        }

        return true;
    }

    private static Dictionary<string, string> Model(string[] paths, (int Path, int Text)[] files)
    {
        Dictionary<string, string> model = [];
        foreach ((int path, int text) in files)
        {
            if (!model.Keys.Any(k => k.StartsWith(paths[path] + "/", StringComparison.Ordinal) || paths[path].StartsWith(k + "/", StringComparison.Ordinal)))
            {
                model[paths[path]] = $"{text}";
            }
        }

        return model;
    }

    private static Task<Digest> TreeAsync(TreeStore trees, Dictionary<string, string> model) =>
        trees.TreeAsync([.. model.Select(m => Edits.Put(m.Key, m.Value))]);
}
