using Slipway.Daemon.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Tests.Collection;

public sealed class DiskUsageTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BranchName Master = BranchName.Parse("master");

    [Fact]
    public async Task What_a_commit_alone_holds_is_what_dropping_it_frees()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName one = RepoName.Parse("one"), two = RepoName.Parse("two");
        await world.Repos.CreateAsync(one, "", null, None);
        await world.Repos.CreateAsync(two, "", null, None);
        Commit first = await world.PutAsync(one, Master, ("/kept", StoreWorld.Content(1000, 1)), ("/replaced", StoreWorld.Content(20_000, 2)));
        Commit second = await world.PutAsync(one, Master, ("/replaced", StoreWorld.Content(300, 3)), ("/both", StoreWorld.Content(5000, 4)));
        Commit other = await world.PutAsync(two, Master, ("/both", StoreWorld.Content(5000, 4)));
        DiskUsage usage = new(world.Blobs, world.Repos, world.Commits, world.Contents, world.Metadata, [new CommitRoots()]);

        UsageOf[] commits = [.. await usage.OfCommitsAsync(one, None)];
        Assert.Equal([second.Reference.ToString(), first.Reference.ToString()], commits.Select(commit => commit.Name));
        Assert.InRange(commits[1].Alone, 20_000, 20_200);
        Assert.InRange(commits[0].Alone, 300, 600);
        UsageOf single = await usage.OfCommitAsync(first, None);
        Assert.Equal(commits[1].Alone, single.Alone);
        Assert.InRange(single.Stored!.Value, 21_000, 21_200);

        UsageOf[] repos = [.. await usage.OfReposAsync(None)];
        Assert.Equal(["one", "two"], repos.Select(repo => repo.Name));
        Assert.InRange(repos[0].Stored!.Value, 26_300, 26_700);
        Assert.InRange(repos[0].Alone, 21_300, 21_700);
        Assert.InRange(repos[1].Alone, 1, 200);

        // The proof: what is said to be alone goes with it.
        long before = (await world.Blobs.ListAsync(None).ToListAsync()).Sum(blob => blob.Size);
        await world.Repos.DeleteAsync(one, None);
        Assert.Equal(repos[0].Alone, (await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None)).SweptBytes);
        Assert.Equal(before - repos[0].Alone, (await world.Blobs.ListAsync(None).ToListAsync()).Sum(blob => blob.Size));
        Assert.Equal(5000, other.Size);
    }
}
