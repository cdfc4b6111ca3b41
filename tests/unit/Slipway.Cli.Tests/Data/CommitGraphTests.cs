using Slipway.Api;
using Slipway.Cli.Data;

namespace Slipway.Cli.Tests.Data;

public sealed class CommitGraphTests
{
    [Fact]
    public void A_line_of_commits_is_one_lane() => Assert.Equal(["● c", "● b", "● a"], Drawn(Commit("c", "b"), Commit("b", "a"), Commit("a")));

    [Fact]
    public void A_merge_opens_a_lane_and_their_common_ancestor_ends_it() => Assert.Equal(
        ["● m", "├─╮", "│ ● y", "● │ x", "├─╯", "● a"],
        Drawn(Commit("m", "x", "y"), Commit("y", "a"), Commit("x", "a"), Commit("a")));

    [Fact]
    public void Two_branches_of_one_commit_meet_there_and_a_lane_between_is_crossed() => Assert.Equal(
        ["● p", "│ ● q", "│ │ ● r", "├─┼─╯", "● │ a", "  ● b"],
        Drawn(Commit("p", "a"), Commit("q", "b"), Commit("r", "a"), Commit("a"), Commit("b")));

    [Fact]
    public void A_merge_of_what_another_lane_waits_for_leads_into_that_lane() => Assert.Equal(
        ["● p", "│ ● m", "├─┤", "│ ● b", "├─╯", "● a"],
        Drawn(Commit("p", "a"), Commit("m", "b", "a"), Commit("b", "a"), Commit("a")));

    [Fact]
    public void Every_commit_of_a_random_history_stands_in_a_line_of_its_own_and_no_lane_is_left()
    {
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            int count = random.Next(1, 40);
            CommitInfo[] commits = [.. Enumerable.Range(0, count).Select(i => Commit(
                $"c{i}", i + 1 < count ? $"c{random.Next(i + 1, count)}" : null, i + 1 < count && random.Next(3) == 0 ? $"c{random.Next(i + 1, count)}" : null))];
            CommitGraph graph = new();
            int widest = 0;
            foreach (CommitInfo commit in commits)
            {
                (IReadOnlyList<string> above, string at, IReadOnlyList<string> below) = graph.Next(commit);
                Assert.Equal(1, at.Count(mark => mark == '●'));
                Assert.All((string[])[.. above, .. below], line => Assert.DoesNotContain('●', line));
                widest = Math.Max(widest, at.Length / 2);
            }

            Assert.InRange(widest, 1, count);
            Assert.Equal("● ", graph.Next(Commit("after")).At);
        }
    }

    private static List<string> Drawn(params CommitInfo[] commits)
    {
        CommitGraph graph = new();
        List<string> lines = [];
        foreach (CommitInfo commit in commits)
        {
            (IReadOnlyList<string> above, string at, IReadOnlyList<string> below) = graph.Next(commit);
            lines.AddRange(above.Select(line => line.TrimEnd()));
            lines.Add(at + commit.GlobalId);
            lines.AddRange(below.Select(line => line.TrimEnd()));
        }

        return lines;
    }

    private static CommitInfo Commit(string id, string? parent = null, string? merged = null) => new()
    {
        Repo = "r",
        Branch = "master",
        GlobalId = id,
        Parent = parent,
        MergedFrom = merged,
        State = CommitState.Finished,
        Started = DateTimeOffset.UnixEpoch,
    };
}
