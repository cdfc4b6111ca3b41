using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Repos;

namespace Slipway.Data.Retention;

/// <summary>
/// The rules, and what they take away: the files of old commits. The commits themselves stay, as stubs that say what they were: ids, parents, provenance
/// and lineage lead through them as before.
/// </summary>
public sealed class RetentionStore(IMetadataStore metadata, CommitStore commits, TimeProvider time)
{
    private const int CommitsInTransaction = 100;

    private static readonly Table<RetentionRule> Rules = new("retention", RetentionJson.Default.RetentionRule);

    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();

    /// <summary>Sets the rule of a branch.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it bounds nothing; <see cref="ErrorKind.NotFound"/>: no such branch.</exception>
    public async ValueTask SetAsync(RetentionRule rule, CancellationToken cancellationToken)
    {
        if (rule is { Last: null, Days: null } || rule.Last < 1 || rule.Days < 0)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "a rule keeps the last N commits (at least 1), or those of D days, or both", "Give --last N or --days D.");
        }

        await metadata.WriteAsync(
            async t =>
            {
                await new RevisionResolver(_repos, _commits).CheckExistsAsync(t, rule.Repo, rule.Branch, cancellationToken);
                await Rules.PutAsync(t, Key(rule.Repo, rule.Branch), rule, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Takes the rule of a branch away; false where it has none.</summary>
    public ValueTask<bool> RemoveAsync(RepoName repo, BranchName branch, CancellationToken cancellationToken) =>
        metadata.WriteAsync(t => Rules.DeleteAsync(t, Key(repo, branch), cancellationToken), cancellationToken);

    /// <summary>All rules whose branch is there.</summary>
    public ValueTask<List<RetentionRule>> ListAsync(CancellationToken cancellationToken) => metadata.ReadAsync(
        async r =>
        {
            List<RetentionRule> rules = [];
            await foreach ((_, RetentionRule rule) in Rules.ScanAsync(r, null, cancellationToken))
            {
                if (await _repos.FindBranchAsync(r, rule.Repo, rule.Branch, cancellationToken) is not null)
                {
                    rules.Add(rule);
                }
            }

            return rules;
        },
        cancellationToken);

    /// <summary>The commits whose files the rules take away now; of one branch, or of all. Changes nothing.</summary>
    public async ValueTask<List<Commit>> PlanAsync(RepoName? repo, BranchName? branch, CancellationToken cancellationToken)
    {
        List<Commit> going = [];
        foreach (RetentionRule rule in (await ListAsync(cancellationToken)).Where(rule => (repo is null || rule.Repo == repo) && (branch is null || rule.Branch == branch)))
        {
            List<Commit> history = await commits.LogAsync(rule.Repo, rule.Branch, cancellationToken).ToListAsync(cancellationToken);
            Commit[] chosen = [.. rule.Choose(history, time.GetUtcNow())];
            going.AddRange(await metadata.ReadAsync(r => FreeAsync(r, chosen, cancellationToken), cancellationToken));
        }

        return going;
    }

    /// <summary>Takes them away; returns how many commits lost their files. What only they held is left to the collection.</summary>
    public async ValueTask<int> ApplyAsync(CancellationToken cancellationToken)
    {
        int dropped = 0;
        foreach (Commit[] part in (await PlanAsync(null, null, cancellationToken)).Chunk(CommitsInTransaction))
        {
            dropped += await metadata.WriteAsync(t => DropAsync(t, part, cancellationToken), cancellationToken);
        }

        return dropped;
    }

    /// <summary>Gives the rules of a repo that is renamed its new name.</summary>
    internal static async ValueTask MoveAsync(IMetadataTransaction transaction, RepoName from, RepoName to, CancellationToken cancellationToken)
    {
        foreach ((string key, RetentionRule rule) in await Rules.ScanAsync(transaction, from.ToString(), cancellationToken).ToListAsync(cancellationToken))
        {
            await Rules.DeleteAsync(transaction, key, cancellationToken);
            await Rules.PutAsync(transaction, Key(to, rule.Branch), rule with { Repo = to }, cancellationToken);
        }
    }

    private static string Key(RepoName repo, BranchName branch) => TableKey.Join(repo.ToString(), branch.ToString());

    private async ValueTask<int> DropAsync(IMetadataTransaction transaction, Commit[] chosen, CancellationToken cancellationToken)
    {
        List<Commit> free = await FreeAsync(transaction, chosen, cancellationToken);
        foreach (Commit commit in free)
        {
            await _commits.PutAsync(transaction, commit with { Tree = null, Dropped = new DroppedFiles(commit.Tree!.Value, time.GetUtcNow()) }, cancellationToken);
        }

        return free.Count;
    }

    /// <summary>Those that nothing needs as they are now: no branch stands at them, no tag names them, no open commit or head of a pipeline's branch was made from them.</summary>
    private async ValueTask<List<Commit>> FreeAsync(IMetadataReader reader, Commit[] chosen, CancellationToken cancellationToken)
    {
        Dependents dependents = new(_repos, _commits);
        List<Commit> free = [];
        foreach (Commit listed in chosen)
        {
            if (await _commits.FindAsync(reader, listed.Repo, listed.GlobalId, cancellationToken) is { Tree: not null } commit
                && !(await dependents.BranchesAsync(reader, commit, cancellationToken)).Any()
                && !(await dependents.TagsAsync(reader, commit, cancellationToken)).Any()
                && !await MakesLiveOutputAsync(reader, dependents, commit, cancellationToken))
            {
                free.Add(commit);
            }
        }

        return free;
    }

    private static async ValueTask<bool> MakesLiveOutputAsync(IMetadataReader reader, Dependents dependents, Commit commit, CancellationToken cancellationToken)
    {
        await foreach ((DependentKind kind, Commit made) in dependents.CommitsAsync(reader, commit, cancellationToken))
        {
            if (kind == DependentKind.Output
                && (made.State == CommitState.Open || (await dependents.BranchesAsync(reader, made, cancellationToken)).Any()))
            {
                return true;
            }
        }

        return false;
    }
}
