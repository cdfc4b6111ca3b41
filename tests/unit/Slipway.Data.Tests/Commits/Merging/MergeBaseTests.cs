using FsCheck;
using FsCheck.Fluent;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;

namespace Slipway.Data.Tests.Commits.Merging;

public sealed class MergeBaseTests
{
    // Each number is a commit; it says which earlier ones are its parents (the second only where it differs from the first).
    [Fact]
    public void The_merge_base_is_a_common_ancestor_that_leads_to_no_other() => Prop.ForAll(
        Gen.Choose(0, 1000).Zip(Gen.Choose(0, 1000)).ArrayOf(14).ToArbitrary(),
        seeds => CheckAsync(seeds).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static async Task<bool> CheckAsync((int First, int Second)[] seeds)
    {
        InMemoryMetadataStore store = new();
        CommitTables tables = new();
        Ancestry ancestry = new(tables);
        ManualTime time = new();
        List<Commit> commits = [];
        List<HashSet<int>> ancestors = [];
        foreach ((int first, int second) in seeds)
        {
            // One in eight begins a history of its own; one in three of the others is a merge.
            Commit? parent = commits.Count == 0 || first % 8 == 0 ? null : commits[first % commits.Count];
            Commit? other = parent is null || second % 3 != 0 ? null : commits[second % commits.Count];
            other = other?.GlobalId == parent?.GlobalId ? null : other;
            Commit commit = new()
            {
                Repo = History.Repo,
                Branch = BranchName.Master,
                GlobalId = GlobalId.New(time),
                Parent = parent?.GlobalId,
                MergedFrom = other?.GlobalId,
                Origin = CommitOrigin.User,
                State = CommitState.Finished,
                Started = time.GetUtcNow(),
            };
            commit = await store.WriteAsync(
                async t =>
                {
                    Commit placed = await ancestry.PlaceAsync(t, commit, parent, other, default);
                    await tables.PutAsync(t, placed, default);
                    return placed;
                },
                default);
            HashSet<int> above = [commits.Count];
            foreach (Commit one in new[] { parent, other }.OfType<Commit>())
            {
                above.UnionWith(ancestors[commits.FindIndex(c => c.GlobalId == one.GlobalId)]);
            }

            commits.Add(commit);
            ancestors.Add(above);
        }

        for (int left = 0; left < commits.Count; left++)
        {
            for (int right = 0; right <= left; right++)
            {
                HashSet<int> common = [.. ancestors[left].Intersect(ancestors[right])];
                Commit? found = await store.ReadAsync(r => new MergeBase(tables).FindAsync(r, commits[left], commits[right], default), default);
                Assert.Equal(common.Count == 0, found is null);
                if (found is not null)
                {
                    int index = commits.FindIndex(c => c.GlobalId == found.GlobalId);
                    Assert.Contains(index, common);
                    Assert.DoesNotContain(common, other => other != index && ancestors[other].Contains(index));
                }
            }
        }

        return true;
    }
}
