using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Daemon.Purging;
using Slipway.Daemon.Tests.Collection;
using Slipway.Daemon.Verification;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;

namespace Slipway.Daemon.Tests.Purging;

public sealed class PurgerTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly RepoName Repo = RepoName.Parse("customers");
    private static readonly BranchName Master = BranchName.Parse("master");

    [Theory]
    [InlineData(400)]
    [InlineData(150_000)]
    public async Task No_file_of_the_home_holds_the_bytes_any_more_and_the_rest_is_whole(int length)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        byte[] person = StoreWorld.Content(length, 1), earlier = StoreWorld.Content(length + 1, 2), other = StoreWorld.Content(500, 3);
        await world.Repos.CreateAsync(Repo, "", null, None);
        Commit first = await world.PutAsync(Repo, Master, ("/people.csv", earlier), ("/kept", other));
        Commit second = await world.PutAsync(Repo, Master, ("/people.csv", person), ("/copy/of/it", person));
        await world.Blobs.FlushAsync(None);
        string work = Path.Combine(world.Home, "work", "datum");
        Directory.CreateDirectory(work);
        await world.Blobs.MaterializeAsync(Digest.Of(person), Path.Combine(work, "in"), UnixFileMode.UserRead, None);
        Assert.NotEmpty(await FilesWithAsync(world, person));

        Purger purger = PurgerOf(world, out PurgeTables tables);
        PurgePlan plan = await purger.PlanAsync("customers:/people.csv", withOutputs: false, None);
        Assert.Equal(new[] { Digest.Of(person), Digest.Of(earlier) }.Order(), plan.Blobs.Keys);
        Assert.Equal([$"{second.Reference}:/copy/of/it", $"{second.Reference}:/people.csv"], plan.Uses[Digest.Of(person)].Named.Order(StringComparer.Ordinal));
        PurgeOutcome outcome = await purger.RunAsync(plan, "ann", "request 117", None);

        Assert.Empty(outcome.Traces);
        Assert.Equal([Path.Combine(work, "in")], outcome.Copies);
        await world.Metadata.DisposeAsync();
        Assert.Empty(await FilesWithAsync(world, person));
        Assert.Empty(await FilesWithAsync(world, earlier));
        await world.Blobs.DisposeAsync();
        await world.StartAsync();

        tables = new PurgeTables(world.Metadata);
        await tables.LoadAsync(world.Blobs.Purged, None);
        Assert.Equal(["ann", "ann"], (await tables.ListAsync(None)).Select(record => record.By));
        Assert.Equal(other, await world.Blobs.ReadAllAsync(Digest.Of(other), None));
        Assert.NotNull(await world.Trees.FindAsync(first.Tree!.Value, DataPath.Parse("/people.csv"), None));
        VerificationReport report = await world.Verifier.VerifyAllAsync(null, null, None);
        Assert.Empty(report.Faults);
        Assert.Equal(2, report.Purged);
    }

    [Fact]
    public async Task A_read_says_who_and_the_same_bytes_are_refused_until_somebody_allows_them()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        byte[] person = StoreWorld.Content(100_000, 1);
        await world.Repos.CreateAsync(Repo, "", null, None);
        await world.PutAsync(Repo, Master, ("/a", person));
        Purger purger = PurgerOf(world, out PurgeTables tables);
        await purger.RunAsync(await purger.PlanAsync(Digest.Of(person).ToString(), false, None), "ann", "request 117", None);

        SlipwayException read = await Assert.ThrowsAsync<SlipwayException>(async () => await world.Blobs.ReadAllAsync(Digest.Of(person), None));
        Assert.Contains("by ann: request 117", read.Message, StringComparison.Ordinal);
        foreach (Func<Task> put in (Func<Task>[])
            [async () => await world.Blobs.PutAsync(person, None), async () => await world.Blobs.PutAsync(new MemoryStream(person), null, None), () => AdoptAsync(world, person)])
        {
            SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(put);
            Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        }

        Assert.Empty(await world.Blobs.FindTracesAsync(new HashSet<Digest> { Digest.Of(person) }, None));
        world.Blobs.Purged.Set(Digest.Of(person), (await tables.AllowAsync(Digest.Of(person), "bob", None))!.Mark);
        await world.Blobs.PutAsync(person, None);
        Assert.Equal("bob", (await tables.ListAsync(None)).Single().AllowedBy);
    }

    [Fact]
    public async Task What_an_encrypted_project_has_goes_too_and_its_record_does_not_tell_the_digest()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync();
        byte[] person = StoreWorld.Content(100_000, 1), other = StoreWorld.Content(500, 2);
        Commit commit = await world.PutAsync(repo, Master, ("/who", person), ("/else", other));
        SealedBlobStore content = (SealedBlobStore)world.Contents.Of(repo).Blobs;
        Digest @sealed = (await content.FindSealedAsync(Digest.Of(person), None))!.Value;
        byte[] bytes = await world.Blobs.ReadAllAsync(@sealed, None);
        Assert.NotEmpty(await FilesWithAsync(world, bytes));

        Purger purger = PurgerOf(world, out PurgeTables tables);
        PurgePlan plan = await purger.PlanAsync("secret/people:/who", withOutputs: false, None);
        Assert.Equal($"{commit.Reference}:/who", string.Join(' ', plan.Uses[Digest.Of(person)].Named));
        Assert.Equal(person.Length, (await purger.PlanAsync(Digest.Of(person).ToString(), false, None)).Blobs.Single().Value);
        Assert.Empty((await purger.RunAsync(plan, "ann", "request 117", None)).Traces);

        SlipwayException read = await Assert.ThrowsAsync<SlipwayException>(async () => await content.ReadAllAsync(Digest.Of(person), None));
        Assert.Contains("by ann: request 117", read.Message, StringComparison.Ordinal);
        foreach (Func<Task> put in (Func<Task>[])[async () => await content.PutAsync(person, None), async () => await content.PutAsync(new MemoryStream(person), null, None)])
        {
            Assert.Equal(ErrorKind.FailedPrecondition, (await Assert.ThrowsAsync<SlipwayException>(put)).Kind);
        }

        Assert.Equal(other, await content.ReadAllAsync(Digest.Of(other), None));
        Assert.Equal(1, (await world.Verifier.VerifyAllAsync(null, null, None)).Purged);
        Assert.Equal("ann", (await tables.ListAsync(None)).Single().By);
        Assert.Equal("bob", (await tables.AllowAsync(Digest.Of(person), "bob", None))!.AllowedBy);
        await world.StopAsync();
        Assert.Empty(await FilesWithAsync(world, bytes));
        Assert.Empty(await FilesWithAsync(world, System.Text.Encoding.UTF8.GetBytes(Digest.Of(person).Hex)));
        Assert.Empty(await FilesWithAsync(world, System.Text.Encoding.UTF8.GetBytes("request 117")));
        await world.StartAsync();
    }

    [Fact]
    public async Task What_was_appended_to_a_large_file_is_erased_with_it()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        await world.Repos.CreateAsync(Repo, "", null, None);
        byte[] head = StoreWorld.Content(9 << 20, 1), tail = StoreWorld.Content(5000, 2);
        await world.PutAsync(Repo, Master, ("/log", head));
        BlobInfo grown = await world.Blobs.AppendAsync(Digest.Of(head), new MemoryStream(tail), None);
        Commit second = await world.Commits.PutAsync(Repo, Master, [new PutEntry(DataPath.Parse("/log"), TreeEntry.File("log", grown.Size, grown.Digest))], "", "", None);
        Assert.NotEmpty(await FilesWithAsync(world, tail));
        Purger purger = PurgerOf(world, out _);
        PurgeOutcome outcome = await purger.RunAsync(await purger.PlanAsync("customers:/log", false, None), "ann", "request 117", None);
        Assert.Empty(outcome.Traces);
        Assert.Empty(await FilesWithAsync(world, tail));
        Assert.Empty(await FilesWithAsync(world, head));
        Assert.Empty((await world.Verifier.VerifyAsync([second], null, null, None)).Faults);
    }

    [Fact]
    public async Task Bytes_that_were_deleted_long_before_are_erased_too()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        byte[] person = StoreWorld.Content(3000, 1);
        Digest digest = (await world.Blobs.PutAsync(person, None)).Digest;
        await world.Blobs.PutAsync(StoreWorld.Content(30_000, 2), None);
        await world.Blobs.FlushAsync(None);
        await world.Blobs.DeleteAsync([digest], None);
        Assert.NotEmpty(await FilesWithAsync(world, person));
        await world.Blobs.EraseAsync(new HashSet<Digest> { digest }, None);
        Assert.Empty(await FilesWithAsync(world, person));
        Assert.Equal(StoreWorld.Content(30_000, 2), await world.Blobs.ReadAllAsync(Digest.Of(StoreWorld.Content(30_000, 2)), None));
    }

    [Fact]
    public async Task A_purge_that_was_cut_off_is_done_to_its_end_by_the_next()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        await world.Repos.CreateAsync(Repo, "", null, None);
        byte[] head = StoreWorld.Content((8 << 20) + 1, 1), tail = StoreWorld.Content(5000, 2);
        await world.PutAsync(Repo, Master, ("/who", head), ("/tail", tail));
        Digest part = Digest.Of(tail), grown = Digest.Of([.. head, .. tail]);
        await world.Commits.PutAsync(Repo, Master, [new AppendFile(DataPath.Parse("/who"), TreeEntry.File("who", tail.Length, part)), new DeletePath(DataPath.Parse("/tail"))], "", "", None);
        Commit first = await world.Commits.ResolveAsync(CommitReference.Parse($"{Repo}@master.1"), None);
        await new CommitSquasher(world.Rows, world.Commits).SquashAsync(Repo, Master, null, null, "", None);
        Assert.Null(await world.Commits.FindAsync(Repo, first.GlobalId, None));

        Purger cut = PurgerOf(world, out _, _ => throw new IOException("the power is gone"));
        PurgePlan plan = await cut.PlanAsync(grown.ToString(), withOutputs: false, None);
        await Assert.ThrowsAsync<IOException>(() => cut.RunAsync(plan, "ann", "request 117", None));
        await world.RestartAsync();
        Purger again = PurgerOf(world, out PurgeTables tables);
        await again.RunAsync(await again.PlanAsync(grown.ToString(), withOutputs: false, None), "ann", "request 117", None);
        Assert.Empty(await FilesWithAsync(world, tail));
        Assert.Null((await tables.FindAsync(grown, None))!.Record.Remains);
        Assert.Equal(plan.Blobs[grown], Assert.Single(await tables.ListAsync(None)).Size);
    }

    [Fact]
    public async Task What_was_purged_in_the_open_and_allowed_is_refused_once_it_is_purged_from_an_encrypted_project_too()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync();
        await world.Repos.CreateAsync(Repo, "", null, None);
        byte[] person = StoreWorld.Content(1000, 1);
        await world.PutAsync(Repo, Master, ("/who", person));
        Purger purger = PurgerOf(world, out PurgeTables tables);
        await purger.RunAsync(await purger.PlanAsync(Digest.Of(person).ToString(), false, None), "ann", "request 117", None);
        world.Blobs.Purged.Set(Digest.Of(person), (await tables.AllowAsync(Digest.Of(person), "bob", None))!.Mark);
        await world.PutAsync(repo, Master, ("/who", person));
        await purger.RunAsync(await purger.PlanAsync(Digest.Of(person).ToString(), false, None), "ann", "request 118", None);

        Assert.Null(Assert.Single(await tables.ListAsync(None)).AllowedBy);
        await world.RestartAsync();
        await new PurgeTables(world.Rows).LoadAsync(world.Blobs.Purged, None);
        await Assert.ThrowsAsync<SlipwayException>(async () => await world.Blobs.PutAsync(person, None));
    }

    [Fact]
    public async Task A_purge_in_an_encrypted_project_tells_no_digest_the_second_time_either()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync();
        byte[] person = StoreWorld.Content(1000, 1);
        await world.PutAsync(repo, Master, ("/who", person));
        for (int time = 0; time < 2; time++)
        {
            Purger purger = PurgerOf(world, out _);
            await purger.RunAsync(await purger.PlanAsync("secret/people:/who", false, None), "ann", "request 117", None);
        }

        Assert.Empty(await world.Metadata.ReadAsync(async reader => await reader.ScanAsync("purges", null, null, None).ToListAsync(), None));
        Assert.Single(await world.Metadata.ReadAsync(async reader => await reader.ScanAsync("sealed-purges", null, null, None).ToListAsync(), None));
    }

    private static Purger PurgerOf(StoreWorld world, out PurgeTables tables, Func<CancellationToken, Task>? collect = null)
    {
        tables = new PurgeTables(world.Rows);
        JobStore jobs = new(world.Rows);
        DamagedBlobs uses = new(world.Repos, world.Commits, world.Contents, world.Rows, [new CommitRoots()]);
        PurgePlanner planner = new(world.Blobs, world.Commits, world.Contents, jobs, uses);
        return new Purger(world.Blobs, world.Rows, tables, planner, jobs, collect ?? (c => world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, c)), () => { }, [Path.Combine(world.Home, "work")], TimeProvider.System);
    }

    private static async Task AdoptAsync(StoreWorld world, byte[] content)
    {
        string file = Path.Combine(world.Home, "adopted");
        await File.WriteAllBytesAsync(file, content);
        await world.Blobs.AdoptAsync(file, None);
    }

    /// <summary>The files of the home that hold a run of bytes anywhere; half of them are enough.</summary>
    private static async Task<IReadOnlyList<string>> FilesWithAsync(StoreWorld world, byte[] content)
    {
        List<string> found = [];
        foreach (string file in Directory.GetFiles(world.Home, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream bytes = new();
            await stream.CopyToAsync(bytes);
            if (bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(content.AsSpan(content.Length / 4, content.Length / 2)) >= 0)
            {
                found.Add(file);
            }
        }

        return found;
    }
}
