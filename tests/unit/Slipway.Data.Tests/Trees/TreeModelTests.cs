using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

/// <summary>Random histories of a tree beside a dictionary of paths to texts.</summary>
public sealed class TreeModelTests
{
    private static readonly string[] Names = ["a", "b", "a.txt", "c", "é", "😀", "\uFFFD"];

    private static Gen<TreeEdit> AnyEdit =>
        from parts in Gen.Choose(1, 4).SelectMany(n => Gen.Elements(Names).ArrayOf(n))
        from text in Gen.Choose(0, 3)
        from delete in Gen.Choose(0, 3)
        let path = "/" + string.Join('/', parts)
        select delete == 0 ? Edits.Delete(path) : Edits.Put(path, $"text {text}");

    [Fact]
    public void Any_history_comes_to_the_tree_of_what_is_left() => Prop.ForAll(
        AnyEdit.ArrayOf(12).ArrayOf(8).ToArbitrary(), history => CheckAsync(history).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    private static async Task<bool> CheckAsync(TreeEdit[][] history)
    {
        TreeStore trees = Edits.Store();
        Dictionary<string, TreeEntry> model = [];
        Digest tree = await trees.EmptyAsync(default);
        foreach (TreeEdit[] batch in history)
        {
            Dictionary<string, TreeEntry> before = new(model);
            Digest old = tree;
            List<TreeEdit> fitting = [];
            foreach (TreeEdit edit in batch)
            {
                if (TryApply(model, edit))
                {
                    fitting.Add(edit);
                }
            }

            tree = await trees.ApplyAsync(old, fitting, default);
            await AssertIsAsync(trees, tree, model);
            await AssertDiffAsync(trees, old, tree, before, model);
            await AssertClashesAsync(trees, tree, model, batch);
        }

        return true;
    }

    private static async Task AssertIsAsync(TreeStore trees, Digest tree, Dictionary<string, TreeEntry> model)
    {
        List<string> walked = await trees.WalkAsync(tree, default).Select(e => $"{e.Key} {e.Value.Digest}").ToListAsync();
        List<string> expected = [.. model.OrderBy(m => DataPath.Parse(m.Key)).Select(m => $"{m.Key} {m.Value.Digest}")];
        Assert.Equal(expected, walked);
        TreeEdit[] puts = [.. model.Select(m => (TreeEdit)new PutEntry(DataPath.Parse(m.Key), m.Value))];
        new Random(puts.Length).Shuffle(puts);
        Assert.Equal(await trees.TreeAsync(puts), tree);
        Assert.Equal(model.Values.Sum(e => e.Size), (await trees.FindAsync(tree, DataPath.Root, default))!.Size);
    }

    private static async Task AssertDiffAsync(
        TreeStore trees, Digest old, Digest tree, Dictionary<string, TreeEntry> before, Dictionary<string, TreeEntry> after)
    {
        List<string> changes = await trees.DiffAsync(old, tree, default)
            .Select(c => $"{c.Path} {c.Before?.Digest.Short} {c.After?.Digest.Short}").ToListAsync();
        IEnumerable<string> expected = before.Keys.Union(after.Keys)
            .Where(p => before.GetValueOrDefault(p) != after.GetValueOrDefault(p))
            .OrderBy(DataPath.Parse)
            .Select(p => $"{p} {before.GetValueOrDefault(p)?.Digest.Short} {after.GetValueOrDefault(p)?.Digest.Short}");
        Assert.Equal(expected, changes);
    }

    /// <summary>An edit that does not fit the tree is refused, and the error names the path.</summary>
    private static async Task AssertClashesAsync(TreeStore trees, Digest tree, Dictionary<string, TreeEntry> model, TreeEdit[] batch)
    {
        foreach (TreeEdit edit in batch.Where(e => !TryApply(new(model), e)))
        {
            SlipwayException error = await Edits.FailsAsync(async () => await trees.ApplyAsync(tree, [edit], default));
            Assert.Equal(ErrorKind.Conflict, error.Kind);
            Assert.Contains($"'{edit.Path}'", error.Message, StringComparison.Ordinal);
        }
    }

    private static bool TryApply(Dictionary<string, TreeEntry> model, TreeEdit edit)
    {
        string path = edit.Path.ToString();
        if (edit is PutEntry put)
        {
            if (model.Keys.Any(k => k.StartsWith(path + "/", StringComparison.Ordinal) || path.StartsWith(k + "/", StringComparison.Ordinal)))
            {
                return false;
            }

            model[path] = put.Entry with { Name = put.Path.Name };
            return true;
        }

        foreach (string gone in model.Keys.Where(k => k == path || k.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
        {
            model.Remove(gone);
        }

        return true;
    }
}
