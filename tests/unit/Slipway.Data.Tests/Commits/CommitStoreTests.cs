using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Commits;

public sealed class InMemoryCommitStoreTests : CommitStoreSuite
{
    private readonly Lazy<InMemoryMetadataStore> _store = new(() => new InMemoryMetadataStore());

    protected override ValueTask<IMetadataStore> OpenAsync() => new(_store.Value);

    [Fact]
    public async Task The_cost_of_a_commit_does_not_grow_with_the_history()
    {
        InMemoryBlobStore blobs = new();
        CommitStore commits = new(_store.Value, new TreeStore(blobs), blobs, new ManualTime());
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

public sealed class SqliteCommitStoreTests : CommitStoreSuite
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-data-").FullName;

    protected override async ValueTask<IMetadataStore> OpenAsync() => await SqliteMetadataStore.OpenAsync(Path.Join(_directory, "metadata.db"), default);

    protected override ValueTask CloseAsync(IMetadataStore store) => store.DisposeAsync();
}
