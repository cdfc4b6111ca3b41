using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Linux;

namespace Slipway.Data.Tests.Commits;

public sealed class InMemoryCommitStoreTests : CommitStoreSuite
{
    private readonly InMemoryBlobStore _blobs = new();
    private readonly Lazy<InMemoryMetadataStore> _store = new(() => new InMemoryMetadataStore());

    protected override ValueTask<IMetadataStore> OpenAsync() => new(_store.Value);

    protected override ValueTask<IBlobStore> OpenBlobsAsync() => new(_blobs);

    [Fact]
    public async Task Blobs_are_flushed_before_the_journal_and_before_the_head_names_them()
    {
        CommitStore commits = new(_store.Value, new RepoContents(_blobs, new TreeStore(_blobs)), new ManualTime());
        Commit open = await commits.StartAsync(RepoName.Parse("data"), BranchName.Master, "", "", default);
        int flushes = _blobs.Flushes;
        await commits.EditAsync(open.Repo, open.GlobalId, [Edits.Put("/a")], default);
        Assert.Equal(flushes + 1, _blobs.Flushes);
        await commits.FinishAsync(open.Repo, open.GlobalId, default);
        Assert.Equal(_blobs.Puts, _blobs.PutsFlushed);
    }

    [Fact]
    public async Task The_cost_of_a_commit_does_not_grow_with_the_history()
    {
        InMemoryBlobStore blobs = new();
        CommitStore commits = new(_store.Value, new RepoContents(blobs, new TreeStore(blobs)), new ManualTime());
        RepoName repo = RepoName.Parse("data");
        List<int> rows = [];
        for (int i = 0; i < 300; i++)
        {
            int before = _store.Value.RowsScanned;
            await commits.PutAsync(repo, BranchName.Master, [Edits.Put("/a", $"{i}")], "", "", default);
            await commits.LogAsync(repo, BranchName.Master, default).FirstAsync();
            rows.Add(_store.Value.RowsScanned - before);
        }

        // One page of the log is the most that is read.
        Assert.InRange(rows.Max(), 1, 66);
        Assert.Equal(rows[100], rows[299]);
    }
}

public sealed class LocalCommitStoreTests : CommitStoreSuite
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-data-").FullName;

    protected override async ValueTask<IBlobStore> OpenBlobsAsync() => await LocalBlobStore.OpenAsync(Path.Join(_directory, "blobs"), default);

    protected override async ValueTask<IMetadataStore> OpenAsync() => await SqliteMetadataStore.OpenAsync(Path.Join(_directory, "metadata.db"), default);

    protected override ValueTask CloseAsync(IMetadataStore store) => store.DisposeAsync();

    protected override void Clean() => DirectoryTree.Delete(_directory);
}
