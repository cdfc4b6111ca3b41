using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Collection;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Tests.Collection;

public sealed class StoreCollectorTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly RepoName Repo = RepoName.Parse("training");
    private static readonly BranchName Master = BranchName.Parse("master");

    [Fact]
    public async Task What_no_commit_names_goes_and_the_rest_stays()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        await world.Repos.CreateAsync(Repo, "", null, None);
        await world.PutAsync(Repo, Master, ("/a", StoreWorld.Content(10, 1)), ("/b/c", StoreWorld.Content(100_000, 2)));
        Commit open = await world.Commits.StartAsync(Repo, Master, "", "", None);
        BlobInfo journalled = await world.Blobs.PutAsync(StoreWorld.Content(50, 3), None);
        await world.Commits.EditAsync(Repo, open.GlobalId, [new PutEntry(DataPath.Parse("/j"), TreeEntry.File("j", 50, journalled.Digest))], None);
        BlobInfo small = await world.Blobs.PutAsync(StoreWorld.Content(20, 4), None);
        BlobInfo large = await world.Blobs.PutAsync(StoreWorld.Content(200_000, 5), None);

        CollectionReport rehearsal = await world.Collector.RunAsync(StoreWorld.Strict, rehearse: true, null, None);
        Assert.Equal([large, small], rehearsal.Largest.ToArray());
        Assert.NotNull(await world.Blobs.FindAsync(small.Digest, None));

        CollectionReport report = await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None);
        Assert.Equal((2, 200_020), (report.Swept, report.SweptBytes));
        Assert.Equal(rehearsal.Kept, report.Kept);
        Assert.Equal([small.Digest, large.Digest], await world.Blobs.FindMissingAsync([small.Digest, journalled.Digest, large.Digest], None));
        await world.Commits.FinishAsync(Repo, open.GlobalId, None);
        Assert.Equal(2 + 3, await CheckAsync(world, Repo));

        await world.Repos.DeleteAsync(Repo, None);
        await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None);
        Assert.Equal([await world.Trees.EmptyAsync(None)], await world.Blobs.ListAsync(None).Select(blob => blob.Digest).ToListAsync());
    }

    [Fact]
    public async Task A_tree_that_cannot_be_read_stops_the_sweep_before_anything_goes()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        await world.Repos.CreateAsync(Repo, "", null, None);
        Commit commit = await world.PutAsync(Repo, Master, ("/a/b", StoreWorld.Content(10, 1)));
        BlobInfo garbage = await world.Blobs.PutAsync(StoreWorld.Content(20, 4), None);
        await world.Blobs.DeleteAsync([commit.Tree!.Value], None);

        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None));
        Assert.Equal(ErrorKind.Corrupt, refused.Kind);
        Assert.NotNull(await world.Blobs.FindAsync(garbage.Digest, None));
    }

    [Fact]
    public Task Beside_writers_and_readers_nothing_that_is_needed_goes() => RunBesideWritersAsync(TimeSpan.FromSeconds(12));

    [Fact]
    [Trait("Category", "Long")]
    public Task Beside_writers_and_readers_for_ten_minutes_nothing_that_is_needed_goes() => RunBesideWritersAsync(TimeSpan.FromMinutes(10));

    /// <summary>Eight writers that put, edit, overwrite, delete and drop, eight readers, and collections one after another.</summary>
    private static async Task RunBesideWritersAsync(TimeSpan time)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        using CancellationTokenSource done = new();
        RepoName[] repos = [.. Enumerable.Range(0, 8).Select(i => RepoName.Parse($"repo{i}"))];
        foreach (RepoName repo in repos)
        {
            await world.Repos.CreateAsync(repo, "", null, None);
        }

        Task<long>[] writers = [.. repos.Select((repo, seed) => Task.Run(() => WriteAsync(world, repo, seed, done.Token)))];
        Task<long>[] readers = [.. repos.Select(repo => Task.Run(() => ReadAsync(world, repo, done.Token)))];
        Task<(long Runs, long Swept)> collecting = Task.Run(() => CollectAsync(world, done.Token));
        await Task.WhenAny(Task.Delay(time, None), Task.WhenAny([.. writers, .. readers, collecting]));
        await done.CancelAsync();
        long[] written = await Task.WhenAll(writers);
        await Task.WhenAll(readers);
        (long runs, long swept) = await collecting;

        long kept = 0;
        foreach (RepoName repo in repos)
        {
            kept += await CheckAsync(world, repo);
        }

        Assert.True(runs > 3 && swept > 100 && written.Sum() > 100, $"{runs} collections swept {swept} blobs of {written.Sum()} commits; {kept} files are left");
    }

    private static async Task<long> WriteAsync(StoreWorld world, RepoName repo, int seed, CancellationToken done)
    {
        Random random = new(seed);
        long commits = 0;
        for (; !done.IsCancellationRequested; commits++)
        {
            // Few contents, put again and again by all writers: most puts find a blob that a collection may be about to delete.
            (string, byte[])[] files = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ =>
                ($"/d{random.Next(4)}/f{random.Next(30)}", StoreWorld.Content(random.Next(10) == 0 ? 70_000 : 200, random.Next(300))))];
            files = [.. files.DistinctBy(file => file.Item1)];
            await world.PutAsync(repo, Master, files);
            if (random.Next(6) == 0)
            {
                await EditOpenAsync(world, repo, random);
            }

            if (random.Next(20) == 0)
            {
                await GrowAsync(world, repo, random);
            }

            if (random.Next(12) == 0)
            {
                // History goes; what it alone held is garbage.
                await world.Repos.DeleteAsync(repo, None);
                await world.Repos.CreateAsync(repo, "", null, None);
            }
        }

        return commits;
    }

    /// <summary>An open commit over several requests, each with a lease of its own.</summary>
    private static async Task EditOpenAsync(StoreWorld world, RepoName repo, Random random)
    {
        Commit open = await world.Commits.StartAsync(repo, Master, "", "", None);
        for (int i = 0; i < 3; i++)
        {
            using BlobLease lease = world.Blobs.Leases.Begin();
            BlobInfo blob = await world.Blobs.PutAsync(StoreWorld.Content(300, random.Next(300)), None);
            await world.Commits.EditAsync(repo, open.GlobalId, [new PutEntry(DataPath.Parse($"/open{i}"), TreeEntry.File($"open{i}", 300, blob.Digest))], None);
        }

        using BlobLease last = world.Blobs.Leases.Begin();
        await world.Commits.FinishAsync(repo, open.GlobalId, None);
    }

    /// <summary>A large file, one of two that all writers put, that grows: its versions share bytes, and go and come again.</summary>
    private static async Task GrowAsync(StoreWorld world, RepoName repo, Random random)
    {
        await world.PutAsync(repo, Master, ("/log", StoreWorld.Content((8 << 20) + 1, random.Next(2))));
        for (int i = 0; i < 3; i++)
        {
            using BlobLease lease = world.Blobs.Leases.Begin();
            BlobInfo tail = await world.Blobs.PutAsync(StoreWorld.Content(70_000, random.Next(3)), None);
            await world.Commits.PutAsync(repo, Master, [new AppendFile(DataPath.Parse("/log"), TreeEntry.File("log", tail.Size, tail.Digest))], "", "", None);
        }
    }

    private static async Task<long> ReadAsync(StoreWorld world, RepoName repo, CancellationToken done)
    {
        long reads = 0;
        while (!done.IsCancellationRequested)
        {
            reads += await TryCheckAsync(world, repo);
            await Task.Yield();
        }

        return reads;
    }

    /// <summary>Reads the head; a failure counts only where the commit is still there, since its history may go at any time.</summary>
    private static async Task<long> TryCheckAsync(StoreWorld world, RepoName repo)
    {
        Commit? head = await world.Commits.HeadAsync(repo, Master, None);
        try
        {
            return head is null ? 0 : await CheckAsync(world, head);
        }
        catch (SlipwayException)
        {
            Assert.Null(await world.Commits.FindAsync(repo, head!.GlobalId, None));
            return 0;
        }
    }

    private static async Task<(long Runs, long Swept)> CollectAsync(StoreWorld world, CancellationToken done)
    {
        long runs = 0, swept = 0;
        for (; !done.IsCancellationRequested; runs++)
        {
            swept += (await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None)).Swept;
        }

        return (runs, swept);
    }

    /// <summary>Reads every byte of every commit of a repo; returns how many files there were.</summary>
    private static async Task<long> CheckAsync(StoreWorld world, RepoName repo)
    {
        long files = 0;
        await foreach (Commit commit in world.Commits.LogAsync(repo, null, None))
        {
            files += commit.Tree is null ? 0 : await CheckAsync(world, commit);
        }

        return files;
    }

    private static async Task<long> CheckAsync(StoreWorld world, Commit commit)
    {
        long files = 0;
        await foreach ((_, TreeEntry entry) in world.Trees.WalkAsync(commit.Tree!.Value, None))
        {
            Assert.Equal(entry.Size, (await world.Blobs.ReadAllAsync(entry.Digest, None)).Length);
            files++;
        }

        return files;
    }
}
