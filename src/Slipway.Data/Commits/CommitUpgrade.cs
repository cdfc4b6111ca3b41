using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// Takes the commits of a store that is older than ordinals, jumps and the marks by parent and input forward: each gets them, once. What a commit
/// says, and so its id, does not change.
/// </summary>
public static class CommitUpgrade
{
    private const string Table = "upgrades";
    private const string Key = "commit-links";

    /// <summary>Does what was not done yet; one transaction a repo, so that an interrupted run goes on where it was.</summary>
    public static async ValueTask RunAsync(IMetadataStore metadata, CancellationToken cancellationToken)
    {
        if (await metadata.ReadAsync(r => r.GetAsync(Table, Key, cancellationToken), cancellationToken) is not null)
        {
            return;
        }

        RepoTables repos = new();
        List<Repo> all = await metadata.ReadAsync(r => repos.ListAsync(r, cancellationToken).ToListAsync(cancellationToken), cancellationToken);
        foreach (Repo repo in all)
        {
            await metadata.WriteAsync(t => UpgradeAsync(t, repo.Name, cancellationToken), cancellationToken);
        }

        await metadata.WriteAsync(
            async t =>
            {
                await t.PutAsync(Table, Key, "1"u8.ToArray(), cancellationToken);
                return true;
            },
            cancellationToken);
    }

    private static async ValueTask<bool> UpgradeAsync(IMetadataTransaction transaction, RepoName repo, CancellationToken cancellationToken)
    {
        CommitTables commits = new();
        Ancestry ancestry = new(commits);
        GlobalId? before = null;
        while (await commits.PageAsync(transaction, repo, null, before, 1000, cancellationToken) is { Count: > 0 } page)
        {
            before = page[^1].GlobalId;
            foreach (Commit commit in page)
            {
                await PlaceAsync(transaction, commits, ancestry, commit, cancellationToken);
            }
        }

        return true;
    }

    // A parent is placed before what stands on it. The way up to the first that is placed may be long: a stack, not a recursion.
    private static async ValueTask PlaceAsync(
        IMetadataTransaction transaction, CommitTables commits, Ancestry ancestry, Commit commit, CancellationToken cancellationToken)
    {
        Stack<Commit> waiting = new([commit]);
        while (waiting.TryPeek(out Commit? next))
        {
            Commit? row = await commits.FindAsync(transaction, next.Repo, next.GlobalId, cancellationToken);
            Commit? parent = row?.Parent is { } id ? await commits.FindAsync(transaction, next.Repo, id, cancellationToken) : null;
            if (row is { Ordinal: 0, State: not CommitState.Open } && parent is { Ordinal: 0 })
            {
                waiting.Push(parent);
                continue;
            }

            waiting.Pop();
            if (row is { Ordinal: 0 })
            {
                Commit placed = row.State == CommitState.Open ? row : await ancestry.PlaceAsync(transaction, row, parent, null, cancellationToken);
                await commits.PutAsync(transaction, placed, cancellationToken);
            }
        }
    }
}
