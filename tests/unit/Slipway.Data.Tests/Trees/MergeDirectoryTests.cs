using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

public sealed class MergeDirectoryTests
{
    private readonly TreeStore _trees = new(new InMemoryBlobStore());

    /// <summary>What a merge promises: the same tree as a put of each file, wherever it stands among other edits.</summary>
    [Fact]
    public async Task A_merge_is_the_puts_of_its_files()
    {
        Random random = new(3);
        Digest empty = await _trees.EmptyAsync(default);
        for (int round = 0; round < 200; round++)
        {
            Digest basis = await _trees.ApplyAsync(empty, Puts(random, DataPath.Root, 12), default);
            Digest added = await _trees.ApplyAsync(empty, Puts(random, DataPath.Root, random.Next(6)), default);
            DataPath at = random.Next(2) == 0 ? DataPath.Root : DataPath.Parse($"/d{random.Next(3)}");
            List<TreeEdit> before = Edits(random);
            List<TreeEdit> after = Edits(random);
            List<TreeEdit> each = await _trees.WalkAsync(added, default).Select(TreeEdit (found) => new PutEntry(at.Join(found.Key), found.Value)).ToListAsync();
            MergeDirectory merge = new(at, new TreeEntry("", EntryKind.Directory, false, 0, added));
            Assert.Equal(
                await TryAsync(basis, [.. before, .. each, .. after]),
                await TryAsync(basis, [.. before, merge, .. after]));
        }
    }

    /// <summary>More entries than are folded at once.</summary>
    [Fact]
    public async Task A_large_merge_is_the_puts_of_its_files()
    {
        Digest empty = await _trees.EmptyAsync(default);
        Digest basis = await _trees.ApplyAsync(empty, Many(0, 60_000, 3), default);
        TreeEdit[] puts = Many(1, 80_000, 2);
        Digest added = await _trees.ApplyAsync(empty, puts, default);
        Digest merged = await _trees.ApplyAsync(basis, [new MergeDirectory(DataPath.Root, new TreeEntry("", EntryKind.Directory, false, 0, added))], default);
        Assert.Equal(await _trees.ApplyAsync(basis, puts, default), merged);

        static TreeEdit[] Many(int content, int count, int step) =>
            [.. Enumerable.Range(0, count / step).Select(TreeEdit (i) => new PutEntry(DataPath.Parse($"/d{i % 3}/f{i * step}"), Entry(content)))];
    }

    [Fact]
    public async Task A_merge_onto_a_file_is_a_conflict_that_names_both()
    {
        Digest empty = await _trees.EmptyAsync(default);
        Digest basis = await _trees.ApplyAsync(empty, [Put("/a")], default);
        Digest added = await _trees.ApplyAsync(empty, [Put("/b")], default);
        SlipwayException conflict = await Assert.ThrowsAsync<SlipwayException>(async () => await _trees.ApplyAsync(
            basis, [new MergeDirectory(DataPath.Parse("/a"), new TreeEntry("", EntryKind.Directory, false, 0, added))], default));
        Assert.Equal(ErrorKind.Conflict, conflict.Kind);
        Assert.Contains("'/a'", conflict.Message, StringComparison.Ordinal);
    }

    private async Task<string> TryAsync(Digest basis, IReadOnlyList<TreeEdit> edits)
    {
        try
        {
            return (await _trees.ApplyAsync(basis, edits, default)).ToString();
        }
        catch (SlipwayException error) when (error.Kind == ErrorKind.Conflict)
        {
            return "conflict";
        }
    }

    private static List<TreeEdit> Puts(Random random, DataPath root, int count) =>
        [.. Enumerable.Range(0, count).Select(TreeEdit (_) => new PutEntry(root.Join(DataPath.Parse($"/d{random.Next(3)}/f{random.Next(4)}")), Entry(random.Next(3))))];

    private static List<TreeEdit> Edits(Random random) => random.Next(3) == 0
        ? [new DeletePath(DataPath.Parse($"/d{random.Next(3)}")), .. Puts(random, DataPath.Root, random.Next(3))]
        : Puts(random, DataPath.Root, random.Next(3));

    private static PutEntry Put(string path) => new(DataPath.Parse(path), Entry(0));

    private static TreeEntry Entry(int content) => TreeEntry.File("", 1, Digest.Of($"{content}"));
}
