using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

/// <summary>Folders of so many entries that they are split into nodes on several levels.</summary>
public sealed class LargeFolderTests
{
    private static readonly Digest Content = Digest.Of("x");

    private readonly InMemoryBlobStore _blobs = new();

    private static TreeEdit Put(int i, long size = 1) => new PutEntry(DataPath.Root.Append(NameOf(i)), TreeEntry.File("", size, Content));

    private static TreeEdit Delete(int i) => new DeletePath(DataPath.Root.Append(NameOf(i)));

    private static string NameOf(int i) => $"file-{i:d6}.jpg";

    [Fact]
    public async Task A_hundred_thousand_entries_stand_in_small_nodes_and_an_edit_touches_few()
    {
        TreeStore trees = new(_blobs);
        Digest tree = await trees.TreeAsync([.. Enumerable.Range(0, 100_000).Select(i => Put(i))]);
        Assert.InRange(_blobs.Puts, 100_000 / 1024, 100_000 / 64);
        Assert.InRange(_blobs.LargestPut, 1, 128 * 1024);
        Assert.Equal(100_000, await trees.CountAsync(tree, default));

        TreeStore cold = new(_blobs);
        (int puts, int opens) = (_blobs.Puts, _blobs.Opens);
        Digest edited = await cold.ApplyAsync(tree, [Put(54_321, size: 2), Delete(7), Put(100_000)], default);
        Assert.InRange(_blobs.Puts - puts, 1, 20);
        Assert.InRange(_blobs.Opens - opens, 1, 20);

        cold = new TreeStore(_blobs);
        opens = _blobs.Opens;
        List<string> changed = await cold.DiffAsync(tree, edited, default).Select(c => c.Path.Name).ToListAsync();
        Assert.Equal([NameOf(7), NameOf(54_321), NameOf(100_000)], changed);
        Assert.InRange(_blobs.Opens - opens, 1, 40);

        cold = new TreeStore(_blobs);
        opens = _blobs.Opens;
        Assert.Equal(2, (await cold.FindAsync(edited, DataPath.Parse("/" + NameOf(54_321)), default))!.Size);
        Assert.Equal(NameOf(50_001), (await cold.ListAsync(edited, NameOf(50_000), default).FirstAsync()).Name);
        Assert.InRange(_blobs.Opens - opens, 1, 8);
    }

    [Fact]
    public async Task Random_batches_of_edits_come_to_the_tree_built_at_once()
    {
        Random random = new(20261121);
        TreeStore trees = new(_blobs);
        SortedSet<int> model = [];
        Digest tree = await trees.EmptyAsync(default);
        for (int round = 0; round < 60; round++)
        {
            // Runs and scattered ones, additions and deletions, from one entry to thousands; now and then all but a few go.
            int count = (int)Math.Pow(10, random.NextDouble() * 3.5);
            int start = random.Next(20_000);
            int step = random.Next(3) == 0 ? random.Next(1, 50) : 1;
            IEnumerable<int> chosen = round % 20 == 19 ? model.Skip(3).ToList() : Enumerable.Range(0, count).Select(i => (start + (i * step)) % 20_000).Distinct();
            bool delete = round % 20 == 19 || random.Next(3) == 0;
            List<TreeEdit> edits = [];
            foreach (int i in chosen)
            {
                edits.Add(delete ? Delete(i) : Put(i));
                _ = delete ? model.Remove(i) : model.Add(i);
            }

            tree = await trees.ApplyAsync(tree, edits, default);
            Assert.Equal(await trees.TreeAsync([.. model.Select(i => Put(i))]), tree);
        }
    }

    [Fact]
    public async Task Levels_vanish_when_nearly_everything_is_deleted()
    {
        TreeStore trees = new(_blobs);
        Digest full = await trees.TreeAsync([.. Enumerable.Range(0, 70_000).Select(i => Put(i))]);
        foreach (int left in new[] { 0, 1, 10, 500 })
        {
            Digest few = await trees.ApplyAsync(full, [.. Enumerable.Range(left, 70_000 - left).Select(Delete)], default);
            Assert.Equal(await trees.TreeAsync([.. Enumerable.Range(0, left).Select(i => Put(i))]), few);
            Assert.Equal(full, await trees.ApplyAsync(few, [.. Enumerable.Range(left, 70_000 - left).Select(i => Put(i))], default));
        }
    }

    [Fact]
    public async Task Long_names_are_bounded_by_bytes()
    {
        TreeStore trees = new(_blobs);
        await trees.TreeAsync([.. Enumerable.Range(0, 500).Select(i => new PutEntry(DataPath.Root.Append($"{i:d4}" + new string('n', 4000)), Edits.File("x")))]);
        Assert.InRange(_blobs.LargestPut, 1, 80 * 1024);
    }

    [Fact]
    public async Task Pages_of_a_folder_join_to_the_whole()
    {
        TreeStore trees = new(_blobs);
        Digest tree = await trees.TreeAsync([.. Enumerable.Range(0, 3000).Select(i => Put(i))]);
        List<string> names = [];
        string? after = null;
        while (await trees.ListAsync(tree, after, default).Take(701).ToListAsync() is { Count: > 0 } page)
        {
            names.AddRange(page.Select(e => e.Name));
            after = names[^1];
        }

        Assert.Equal(Enumerable.Range(0, 3000).Select(NameOf), names);
        Assert.Empty(await trees.ListAsync(tree, "zzz", default).ToListAsync());
        Assert.Equal(NameOf(0), (await trees.ListAsync(tree, "a", default).FirstAsync()).Name);
    }
}
