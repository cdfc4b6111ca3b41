using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Verification;
using Slipway.Data.Commits;
using Slipway.Data.Projects;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Tests.Collection;

/// <summary>Collection and verification where a project is encrypted.</summary>
public sealed class SealedCollectionTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BranchName Master = BranchName.Parse("master");

    [Fact]
    public async Task What_no_commit_of_an_encrypted_project_reaches_goes_and_the_rest_stays()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync(), other = RepoName.Parse("secret/other");
        await world.Repos.CreateAsync(other, "", null, None);
        byte[] shared = StoreWorld.Content(400, 1), only = StoreWorld.Content(100_000, 2);
        await world.PutAsync(repo, Master, ("/a", shared), ("/b", only));
        await world.PutAsync(other, Master, ("/a", shared));
        await world.Repos.DeleteAsync(repo, None);
        long before = (await StoredAsync(world)).Sum(blob => blob.Size);

        CollectionReport rehearsed = await world.Collector.RunAsync(StoreWorld.Strict, rehearse: true, null, None);
        Assert.Equal(before, (await StoredAsync(world)).Sum(blob => blob.Size));
        CollectionReport report = await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None);

        Assert.Equal((rehearsed.Swept, rehearsed.SweptBytes, rehearsed.Kept), (report.Swept, report.SweptBytes, report.Kept));
        Assert.Contains(report.Largest, blob => blob.Digest == Digest.Of(only));
        IBlobStore content = world.Contents.Of(other).Blobs;
        Assert.Null(await content.FindAsync(Digest.Of(only), None));
        Assert.Equal(shared, await content.ReadAllAsync(Digest.Of(shared), None));
        Assert.InRange((await StoredAsync(world)).Sum(blob => blob.Size), 1, before - only.Length);
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, None)).Faults);
    }

    [Fact]
    public async Task What_work_under_way_has_put_or_found_stays()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync();
        IBlobStore content = world.Contents.Of(repo).Blobs;
        byte[] old = StoreWorld.Content(3000, 1), fresh = StoreWorld.Content(4000, 2);
        await content.PutAsync(old, None);
        await content.FlushAsync(None);
        using (world.Blobs.Leases.Begin())
        {
            Assert.NotNull(await content.FindAsync(Digest.Of(old), None));
            await content.PutAsync(new MemoryStream(fresh), null, None);
            await content.FlushAsync(None);
            Assert.True((await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None)).Leased >= 2);
            Assert.Equal(old, await content.ReadAllAsync(Digest.Of(old), None));
            Assert.Equal(fresh, await content.ReadAllAsync(Digest.Of(fresh), None));
        }

        await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None);
        Assert.Empty(await content.FindMissingAsync([], None));
        Assert.Equal(2, (await content.FindMissingAsync([Digest.Of(old), Digest.Of(fresh)], None)).Count);
        Assert.Empty(await StoredAsync(world));
    }

    [Fact]
    public async Task Nothing_of_a_locked_project_is_touched_and_the_others_are_collected()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync();
        byte[] kept = StoreWorld.Content(3000, 1);
        await world.PutAsync(repo, Master, ("/a", kept));
        await world.Blobs.PutAsync(StoreWorld.Content(500, 7), None);
        await world.StopAsync();
        MasterKeyState master = world.Master;
        world.Master = MasterKeyState.None;
        await world.StartAsync();
        Assert.Equal(1, (await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None)).Swept);
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, None)).Faults);

        world.Master = master;
        await world.RestartAsync();
        Assert.Equal(kept, await world.Contents.Of(repo).Blobs.ReadAllAsync(Digest.Of(kept), None));
        Assert.Equal(0, (await world.Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, None)).Swept);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(100_000)]
    public async Task Damage_to_sealed_bytes_is_named_by_the_files_that_have_them(int length)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync();
        byte[] content = StoreWorld.Content(length, 1);
        Commit commit = await world.PutAsync(repo, Master, ("/a/b", content));
        Digest @sealed = (await ((Slipway.Content.Blobs.Sealed.SealedBlobStore)world.Contents.Of(repo).Blobs).FindSealedAsync(Digest.Of(content), None))!.Value;
        await world.Blobs.DeleteAsync([@sealed], None);

        VerificationReport all = await world.Verifier.VerifyAllAsync(null, null, None);
        Fault fault = Assert.Single(all.Faults, fault => fault.What == @sealed.ToString());
        Assert.Equal($"{commit.Reference}:/a/b", string.Join(' ', fault.Hits));
        Fault scoped = Assert.Single((await world.Verifier.VerifyAsync([commit], null, null, None)).Faults);
        Assert.Equal($"{commit.Reference}:/a/b", string.Join(' ', scoped.Hits));
    }

    [Fact]
    public async Task Sealed_bytes_are_mended_from_a_copy_of_the_store_though_a_tree_names_the_plain_ones()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = await world.EncryptAsync();
        byte[] content = StoreWorld.Content(100_000, 1);
        Commit commit = await world.PutAsync(repo, Master, ("/a/b", content));
        Digest @sealed = (await ((Slipway.Content.Blobs.Sealed.SealedBlobStore)world.Contents.Of(repo).Blobs).FindSealedAsync(Digest.Of(content), None))!.Value;
        byte[] good = await world.Blobs.ReadAllAsync(@sealed, None);
        await world.Blobs.DeleteAsync([@sealed], None);
        using OneCopy copy = new(@sealed, good);
        Fault fault = Assert.Single((await world.Verifier.VerifyAsync([commit], [copy], null, None)).Faults);
        Assert.True(fault.Repaired);
        Assert.Equal(content, await world.Contents.Of(repo).Blobs.ReadAllAsync(Digest.Of(content), None));
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, None)).Faults);
    }

    private static async Task<List<BlobInfo>> StoredAsync(StoreWorld world) => await world.Blobs.ListAsync(None).ToListAsync(None);

    private sealed class OneCopy(Digest of, byte[] content) : IGoodCopies
    {
        public string Name => "a copy";

        public Task<Stream?> TryOpenAsync(Digest digest, CancellationToken cancellationToken) =>
            Task.FromResult<Stream?>(digest == of ? new MemoryStream(content) : null);

        public void Dispose()
        {
        }
    }
}
