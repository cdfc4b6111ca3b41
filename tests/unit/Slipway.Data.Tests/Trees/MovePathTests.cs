using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

public sealed class MovePathTests
{
    private readonly InMemoryBlobStore _blobs = new();
    private readonly TreeStore _trees;

    public MovePathTests() => _trees = new TreeStore(_blobs);

    [Fact]
    public async Task What_stands_there_when_the_edit_is_done_is_moved()
    {
        Digest root = await TreeAsync("/a/x 1", "/a/y 2", "/b 3");
        Assert.Equal(["/b 3", "/c/x 1", "/c/y 2"], await AfterAsync(root, Move("/a", "/c")));
        Assert.Equal(["/a/a/x 1", "/a/a/y 2", "/b 3"], await AfterAsync(root, Move("/a", "/a/a")));
        Assert.Equal(["/a/x 1", "/a/y 2", "/b 3"], await AfterAsync(root, Move("/a", "/a")));
        Assert.Equal(["/a/b 3", "/a/x 1", "/a/y 2"], await AfterAsync(root, Move("/b", "/a/b")));

        // Written by somebody else meanwhile: it is moved, not lost.
        PutEntry late = new(DataPath.Parse("/a/x"), await EntryAsync("late"));
        Assert.Equal(["/b 3", "/c/x late", "/c/y 2"], await AfterAsync(root, late, Move("/a", "/c")));
        Assert.Equal(["/a/x 1", "/a/y 2", "/d 3"], await AfterAsync(root, Move("/b", "/c"), Move("/c", "/d")));
    }

    [Fact]
    public async Task What_is_not_there_any_more_and_what_is_in_the_way_are_conflicts()
    {
        Digest root = await TreeAsync("/a/x 1", "/b 3");
        foreach (TreeEdit[] edits in new TreeEdit[][] { [new DeletePath(DataPath.Parse("/b")), Move("/b", "/c")], [Move("/b", "/a")], [Move("/a", "/b")] })
        {
            Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<SlipwayException>(() => AfterAsync(root, edits))).Kind);
        }

        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<SlipwayException>(() => AfterAsync(root, Move("/", "/c")))).Kind);
    }

    private static MovePath Move(string from, string to) => new(DataPath.Parse(from), DataPath.Parse(to));

    private async Task<TreeEntry> EntryAsync(string text) => TreeEntry.File("f", text.Length, (await _blobs.PutAsync(Encoding.UTF8.GetBytes(text), default)).Digest);

    private async Task<Digest> TreeAsync(params string[] files)
    {
        List<TreeEdit> edits = [];
        foreach (string[] file in files.Select(line => line.Split(' ')))
        {
            edits.Add(new PutEntry(DataPath.Parse(file[0]), await EntryAsync(file[1])));
        }

        return await _trees.ApplyAsync(await _trees.EmptyAsync(default), edits, default);
    }

    private async Task<string[]> AfterAsync(Digest root, params TreeEdit[] edits)
    {
        List<string> found = [];
        await foreach ((DataPath path, TreeEntry entry) in _trees.WalkAsync(await _trees.ApplyAsync(root, edits, default), default))
        {
            found.Add($"{path} {Encoding.UTF8.GetString(await _blobs.ReadAllAsync(entry.Digest, default))}");
        }

        return [.. found];
    }
}
