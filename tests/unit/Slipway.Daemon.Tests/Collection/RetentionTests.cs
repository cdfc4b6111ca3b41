using Slipway.Content;
using Slipway.Daemon.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Retention;

namespace Slipway.Daemon.Tests.Collection;

public sealed class RetentionTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly RepoName Repo = RepoName.Parse("training");
    private static readonly BranchName Master = BranchName.Parse("master");

    [Fact]
    public async Task The_files_of_old_commits_go_and_the_commits_say_what_they_were()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        Commit[] commits = await FillAsync(world);
        await new TagStore(world.Metadata, world.Commits, TimeProvider.System).CreateAsync(commits[1].Reference, BranchName.Parse("v1"), "", "", None);
        await world.Retention.SetAsync(new RetentionRule(Repo, Master, 2, null), None);
        CollectionReport rehearsal = await world.Collector.RunAsync(StoreWorld.Strict, rehearse: true, null, None);
        Assert.Null((await world.Commits.FindAsync(Repo, commits[0].GlobalId, None))!.Dropped);
        CollectionReport report = await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None);
        Assert.Equal((rehearsal.Swept, rehearsal.SweptBytes), (report.Swept, report.SweptBytes));
        Assert.True(report.SweptBytes > 3 * 1000, $"{report.SweptBytes} bytes were freed");

        // The tagged one and the last two keep their files; the others are stubs that ids and parents lead through.
        Commit[] now = await Task.WhenAll(commits.Select(async commit => (await world.Commits.FindAsync(Repo, commit.GlobalId, None))!));
        Assert.Equal([true, false, true, true, false, false], now.Select(commit => commit.Dropped is not null));
        Assert.Equal(commits.Select(commit => commit.Id), now.Select(commit => commit.Id));
        Assert.Equal(commits[0].Tree, now[0].Dropped!.Tree);
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, None)).Faults);
        Assert.Equal(6, (await world.Verifier.VerifyAllAsync(null, null, None)).Commits);
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () =>
            await new BranchStore(world.Metadata, world.Commits, TimeProvider.System).CreateAsync(Repo, BranchName.Parse("old"), commits[0].Reference, None));
        Assert.Contains("no files any more", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_bounds_keep_and_a_branch_without_a_rule_keeps_everything()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        Commit[] commits = await FillAsync(world);
        Assert.Empty(await world.Retention.PlanAsync(null, null, None));
        await world.Retention.SetAsync(new RetentionRule(Repo, Master, 2, 1), None);
        Assert.Empty(await world.Retention.PlanAsync(null, null, None));
        await world.Retention.SetAsync(new RetentionRule(Repo, Master, null, 0), None);
        Assert.Equal(commits[..^1].Reverse().Select(commit => commit.GlobalId), (await world.Retention.PlanAsync(Repo, Master, None)).Select(commit => commit.GlobalId));
        await world.Retention.RemoveAsync(Repo, Master, None);
        Assert.Equal(0, await world.Retention.ApplyAsync(None));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(0, null)]
    [InlineData(null, -1)]
    public async Task A_rule_that_bounds_nothing_is_refused(int? last, int? days)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        await FillAsync(world);
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await world.Retention.SetAsync(new RetentionRule(Repo, Master, last, days), None));
        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
    }

    private static async Task<Commit[]> FillAsync(StoreWorld world)
    {
        await world.Repos.CreateAsync(Repo, "", null, None);
        List<Commit> commits = [];
        for (int i = 0; i < 6; i++)
        {
            commits.Add(await world.PutAsync(Repo, Master, ("/changing", StoreWorld.Content(1000 + i, i)), ($"/kept/{i}", StoreWorld.Content(10, 100 + i))));
        }

        return [.. commits];
    }
}
