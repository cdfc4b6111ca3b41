using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;

namespace Slipway.Data.Tests.Commits;

public sealed class AncestryTests
{
    [Fact]
    public async Task Every_ancestor_is_found_from_either_end()
    {
        await using History history = await History.OpenAsync();
        List<GlobalId> ids = [];
        for (int i = 0; i < 70; i++)
        {
            ids.Add((await history.PutAsync("master", Edits.Put("/a", $"{i}"))).GlobalId);
        }

        for (int i = 0; i < 70; i++)
        {
            Assert.Equal(ids[i], (await history.ResolveAsync($"master.{i + 1}")).GlobalId);
            Assert.Equal(ids[i], (await history.ResolveAsync($"master~{69 - i}")).GlobalId);
            Assert.Equal(ids[i], (await history.ResolveAsync($"{ids[69]}.{i + 1}")).GlobalId);
        }

        Assert.Equal(ids[4], (await history.ResolveAsync("master.7^~1")).GlobalId);
        foreach (string outside in (string[])["master.0", "master.71", "master~70", "master.1^"])
        {
            SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(() => history.ResolveAsync(outside));
            Assert.Equal(ErrorKind.NotFound, error.Kind);
        }
    }

    [Fact]
    public async Task The_way_to_an_ancestor_grows_with_the_logarithm_of_the_history()
    {
        InMemoryMetadataStore store = new();
        InMemoryBlobStore blobs = new();
        RepoStore repos = new(store, new ManualTime());
        CommitStore commits = new(store, new Data.Trees.TreeStore(blobs), blobs, new ManualTime());
        RepoName repo = RepoName.Parse("data");
        await repos.CreateAsync(repo, "", null, default);
        for (int i = 0; i < 400; i++)
        {
            await commits.PutAsync(repo, BranchName.Master, [Edits.Put("/a", $"{i}")], "", "", default);
        }

        foreach (int steps in (int[])[1, 17, 200, 398, 399])
        {
            int before = store.RowsRead;
            Assert.Equal(400 - steps, (await commits.ResolveAsync(CommitReference.Parse($"data@master~{steps}"), default)).Ordinal);
            Assert.InRange(store.RowsRead - before, 1, 45);
        }
    }
}
