using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

/// <summary>The same files have the same root digest, in whatever order and pieces they came, from one writer or from many at once.</summary>
public sealed class SameRootTests
{
    private static readonly RepoName Repo = RepoName.Parse("data");

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 3000)]
    [InlineData(3, 12_000)]
    public async Task In_any_order_and_any_pieces(int seed, int files)
    {
        Random random = new(seed);
        TreeEdit[] edits = Files(random, files);
        Digest expected = await Edits.Store().TreeAsync(edits);
        for (int round = 0; round < 6; round++)
        {
            TreeStore trees = Edits.Store();
            Digest tree = await trees.EmptyAsync(default);
            random.Shuffle(edits);
            foreach (TreeEdit[] piece in Pieces(random, edits))
            {
                // Detours that are undone: a file that does not stay, and one that has other bytes at first.
                tree = await trees.ApplyAsync(tree, [Edits.Put($"/detour/{random.Next(9)}"), Edits.Put(piece[0].Path.ToString(), "first")], default);
                tree = await trees.ApplyAsync(tree, [.. piece, Edits.Delete("/detour")], default);
            }

            Assert.Equal(expected, tree);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task By_any_writers_at_once(int seed)
    {
        Random random = new(seed);
        TreeEdit[] edits = Files(random, 400);
        Digest expected = await Edits.Store().TreeAsync(edits);
        for (int round = 0; round < 3; round++)
        {
            InMemoryMetadataStore metadata = new();
            InMemoryBlobStore blobs = new();
            CommitStore commits = new(metadata, new TreeStore(blobs), blobs, TimeProvider.System);
            await new RepoStore(metadata, TimeProvider.System).CreateAsync(Repo, "", null, default);
            random.Shuffle(edits);
            TreeEdit[][] pieces = [.. Pieces(random, edits)];
            await Task.WhenAll(pieces.Select((piece, i) => Task.Run(() => WriteAsync(commits, piece, isOpen: i % 2 == 0))));
            Assert.Equal(expected, (await commits.HeadAsync(Repo, BranchName.Master, default))!.Tree);
        }
    }

    private static async Task WriteAsync(CommitStore commits, TreeEdit[] piece, bool isOpen)
    {
        if (!isOpen)
        {
            await commits.PutAsync(Repo, BranchName.Master, piece, "", "", default);
            return;
        }

        Commit open = await commits.StartAsync(Repo, BranchName.Master, "", "", default);
        await commits.EditAsync(Repo, open.GlobalId, piece[..(piece.Length / 2)], default);
        await commits.EditAsync(Repo, open.GlobalId, piece[(piece.Length / 2)..], default);
        await commits.FinishAsync(Repo, open.GlobalId, default);
    }

    private static TreeEdit[] Files(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => $"/d{random.Next(3)}/{(random.Next(5) == 0 ? $"e{random.Next(9)}/" : "")}file-{i}-é{random.Next(100)}")
            .Select(path => Edits.Put(path, $"{random.Next(50)}")),
    ];

    private static IEnumerable<TreeEdit[]> Pieces(Random random, TreeEdit[] edits)
    {
        for (int at = 0; at < edits.Length;)
        {
            int count = Math.Min(random.Next(1, Math.Max(2, edits.Length / 4)), edits.Length - at);
            yield return edits[at..(at + count)];
            at += count;
        }
    }
}
