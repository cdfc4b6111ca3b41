using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Collection;

/// <summary>How much room a repo or a commit takes.</summary>
/// <param name="Stored">Null where it was not asked for.</param>
internal sealed record UsageOf(string Name, long Commits, long? Size, long? Stored, long Alone);

/// <summary>Measures who holds how many bytes, and who alone.</summary>
internal sealed class DiskUsage(IBlobStore blobs, RepoStore repos, CommitStore commits, RepoContents contents, IMetadataStore metadata, IReadOnlyList<IRootSource> sources)
{
    /// <summary>Every repo, then what is no repo's: images, outputs and logs of jobs, cached steps.</summary>
    public async Task<IReadOnlyList<UsageOf>> OfReposAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Repo> all = await repos.ListAsync(cancellationToken);
        bool anyLocked = (await contents.ListLockedAsync(cancellationToken)).Count > 0;
        IRootSource[] others = [.. sources.Where(source => source.Name != CommitRoots.SourceName && (anyLocked || source is not SealedRoots))];
        SharedReach reach = new(all.Count + others.Length);
        List<UsageOf> usage = [];
        for (int i = 0; i < all.Count; i++)
        {
            List<Commit> history = await commits.LogAsync(all[i].Name, null, cancellationToken).ToListAsync(cancellationToken);
            long stored = await StoredAsync(history, cancellationToken);
            await AddAsync(reach, i, history, cancellationToken);
            Commit? head = await commits.HeadAsync(all[i].Name, BranchName.Parse("master"), cancellationToken);
            usage.Add(new UsageOf(all[i].Name.ToString(), history.Count, head?.Size, stored, 0));
        }

        for (int i = 0; i < others.Length; i++)
        {
            await AddAsync(reach, all.Count + i, others[i], cancellationToken);
            usage.Add(new UsageOf($"({others[i].Name})", 0, null, null, 0));
        }

        return [.. usage.Select((entry, i) => entry with { Alone = reach.BytesOf(i) })];
    }

    /// <summary>Every commit of a repo, newest first, with what it alone holds.</summary>
    public async Task<IReadOnlyList<UsageOf>> OfCommitsAsync(RepoName repo, CancellationToken cancellationToken)
    {
        List<Commit> history = [.. (await commits.LogAsync(repo, null, cancellationToken).ToListAsync(cancellationToken)).Where(commit => commit.Tree is not null)];
        SharedReach reach = await ReachAsync(history, cancellationToken);
        return [.. history.Select((commit, i) => new UsageOf(commit.Reference.ToString(), 1, commit.Size, null, reach.BytesOf(i)))];
    }

    /// <summary>One commit.</summary>
    public async Task<UsageOf> OfCommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        SharedReach reach = await ReachAsync([commit], cancellationToken);
        return new UsageOf(commit.Reference.ToString(), 1, commit.Size, await StoredAsync([commit], cancellationToken), reach.BytesOf(0));
    }

    /// <summary>Each of some commits of one repo is an owner; everything else that there is, is the last one.</summary>
    private async Task<SharedReach> ReachAsync(List<Commit> some, CancellationToken cancellationToken)
    {
        SharedReach reach = new(some.Count + 1);
        for (int i = 0; i < some.Count; i++)
        {
            await AddAsync(reach, i, [some[i]], cancellationToken);
        }

        HashSet<(RepoName, GlobalId)> own = [.. some.Select(commit => (commit.Repo, commit.GlobalId))];
        foreach (Repo repo in await repos.ListAsync(cancellationToken))
        {
            List<Commit> history = await commits.LogAsync(repo.Name, null, cancellationToken).ToListAsync(cancellationToken);
            await AddAsync(reach, some.Count, [.. history.Where(commit => !own.Contains((commit.Repo, commit.GlobalId)))], cancellationToken);
        }

        foreach (IRootSource source in sources.Where(source => source.Name != CommitRoots.SourceName))
        {
            await AddAsync(reach, some.Count, source, cancellationToken);
        }

        return reach;
    }

    private async Task AddAsync(SharedReach reach, int owner, List<Commit> history, CancellationToken cancellationToken)
    {
        foreach (Commit commit in history)
        {
            if (commit.Tree is { } tree && contents.Of(commit.Repo).Blobs is not LockedBlobStore and var store)
            {
                await reach.AddTreeAsync(owner, store, tree, cancellationToken);
            }
        }
    }

    private async Task AddAsync(SharedReach reach, int owner, IRootSource source, CancellationToken cancellationToken)
    {
        List<Root> roots = await metadata.ReadAsync(async r => await source.ReadAsync(r, null, cancellationToken).ToListAsync(cancellationToken), cancellationToken);
        foreach (Root root in roots)
        {
            IBlobStore store = root.Repo is { } repo ? contents.Of(RepoName.Parse(repo)).Blobs : blobs;
            if (root.Kind == RootKind.Tree)
            {
                await reach.AddTreeAsync(owner, store, root.Digest, cancellationToken);
            }
            else if (await store.FindAsync(root.Digest, cancellationToken) is { } blob)
            {
                reach.AddBlob(owner, blob);
            }
        }
    }

    private async Task<long> StoredAsync(IEnumerable<Commit> history, CancellationToken cancellationToken)
    {
        long stored = 0;
        TreeReach reach = new() { Met = blob => stored += blob.Size };
        foreach (Commit commit in history.Where(commit => commit.Tree is not null && contents.Of(commit.Repo).Blobs is not LockedBlobStore))
        {
            await reach.AddTreeAsync(contents.Of(commit.Repo).Blobs, commit.Tree!.Value, cancellationToken);
        }

        return stored;
    }
}
