using System.Globalization;
using System.Text.Json;
using Slipway.Content;
using Slipway.Content.Tests.Formats;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Formats;

/// <summary>Identities are promises: they are those that another program computes by docs/format.md alone.</summary>
public sealed class VectorTests
{
    [Fact]
    public void Nodes()
    {
        JsonElement vector = Vectors.All.GetProperty("nodes");
        TreeNode leaf = new(0,
        [
            TreeEntry.File("a", 300, Digest.Of("a")),
            TreeEntry.File("b.sh", 0, Digest.Of(""), executable: true),
            new TreeEntry("d", EntryKind.Directory, false, 1L << 40, Digest.Of("d")),
            new TreeEntry("é", EntryKind.Symlink, false, 4, Digest.Of("to")),
        ]);
        TreeNode above = new(2, [new NodeReference("m", 70, 12, Digest.Of("m")), new NodeReference("z", 1L << 33, 0, Digest.Of("z"))]);
        foreach ((string name, TreeNode node) in ((string, TreeNode)[])[("empty", TreeNode.Empty), ("leaf", leaf), ("above", above)])
        {
            Assert.Equal(Convert.ToHexString(vector.Bytes(name)), Convert.ToHexString(NodeFormat.Encode(node)));
            Assert.Equal(node.Items, NodeFormat.Decode(default, vector.Bytes(name)).Items);
        }
    }

    [Fact]
    public async Task Directories()
    {
        foreach (JsonElement vector in Vectors.All.GetProperty("directories of files 'file-N-é' that hold N").EnumerateArray())
        {
            InMemoryBlobStore blobs = new();
            int count = vector.GetProperty("files").GetInt32();
            Digest root = await new TreeStore(blobs).TreeAsync(
                [.. Enumerable.Range(0, count).Select(i => Edits.Put($"/file-{i}-é", i.ToString(CultureInfo.InvariantCulture)))]);
            Assert.Equal(vector.GetProperty("root").GetString(), root.Hex);
            Assert.Equal(vector.GetProperty("level").GetInt32(), (await new NodeStore(blobs).ReadAsync(root, default)).Level);
        }
    }

    [Fact]
    public void Commits()
    {
        JsonElement vector = Vectors.All.GetProperty("commits");
        Commit first = new()
        {
            Repo = RepoName.Parse("out"),
            Branch = BranchName.Master,
            GlobalId = GlobalId.Parse("0193ffffffff7fffbfffffffffffffff"),
            Tree = Digest.Of("tree"),
            Origin = CommitOrigin.User,
            State = CommitState.Finished,
            Author = "ann",
            Message = "é\nlines",
            Started = DateTimeOffset.UnixEpoch,
            Finished = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567),
        };
        Commit next = first with
        {
            Provenance =
            [
                new ProvenanceLink("b", RepoName.Parse("r"), BranchName.Parse("side"), GlobalId.Parse($"{2:x32}")),
                new ProvenanceLink("a", RepoName.Parse("p/r"), BranchName.Master, GlobalId.Parse($"{1:x32}")),
            ],
        };
        CommitId parent = new(Digest.Of("parent"));
        Assert.Equal(vector.GetProperty("first").GetString(), CommitEncoding.IdOf(first, null).ToString());
        Assert.Equal(vector.GetProperty("next").GetString(), CommitEncoding.IdOf(next, parent).ToString());
        Assert.Equal(vector.GetProperty("merge").GetString(), CommitEncoding.IdOf(first, parent, new CommitId(Digest.Of("other"))).ToString());
    }
}
