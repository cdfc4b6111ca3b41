using System.Text;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Tests.Commits;

public sealed class CommitEncodingTests
{
    private static Commit Sample => new()
    {
        Repo = RepoName.Parse("out"),
        Branch = BranchName.Master,
        GlobalId = GlobalId.Parse("0193ffffffff7fffbfffffffffffffff"),
        Tree = Digest.Of("tree"),
        Origin = CommitOrigin.Pipeline,
        State = CommitState.Finished,
        Author = "ann",
        Message = "é\nparent 0",
        Started = DateTimeOffset.UnixEpoch,
        Finished = new DateTimeOffset(2026, 11, 21, 13, 0, 0, TimeSpan.FromHours(1)),
        Provenance =
        [
            new ProvenanceLink("b", RepoName.Parse("r"), BranchName.Master, GlobalId.Parse("00000000000000000000000000000002")),
            new ProvenanceLink("a", RepoName.Parse("p/r"), BranchName.Master, GlobalId.Parse("00000000000000000000000000000001")),
        ],
    };

    /// <summary>The bytes are a promise: they may only change with the number in their first line.</summary>
    [Fact]
    public void The_encoding_stays() => Assert.Equal(
        $"""
        slipway-commit 1
        parent {Digest.Of("parent").Hex}
        tree {Digest.Of("tree").Hex}
        input 1:a p/r@master 00000000000000000000000000000001
        input 1:b r@master 00000000000000000000000000000002
        author 3:ann
        finished 2026-11-21T12:00:00.0000000Z
        message 11:é
        parent 0

        """,
        Encoding.UTF8.GetString(CommitEncoding.Encode(Sample, new CommitId(Digest.Of("parent")))));

    [Fact]
    public void Whatever_a_commit_says_changes_its_id()
    {
        Commit[] others =
        [
            Sample,
            Sample with { Tree = Digest.Of("other") },
            Sample with { Author = "bob" },
            Sample with { Message = "" },
            Sample with { Finished = DateTimeOffset.UnixEpoch },
            Sample with { Provenance = [] },
        ];
        Assert.Equal(others.Length, others.Select(c => CommitEncoding.IdOf(c, null)).Distinct().Count());
        Assert.NotEqual(CommitEncoding.IdOf(Sample, null), CommitEncoding.IdOf(Sample, new CommitId(Digest.Of("p"))));
        Assert.Equal(CommitEncoding.IdOf(Sample, null), CommitEncoding.IdOf(Sample with { Size = 9, Started = DateTimeOffset.MaxValue }, null));
    }
}
