using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Retention;
using Slipway.Data.Transactions;

namespace Slipway.Data.Repos;

/// <summary>
/// Gives a repo another name, in one transaction that writes each of its rows anew. What commits say of their inputs does not change, since their
/// ids are digests of it: the old name stays known as an alias, by which provenance leads on to the repo of the new name.
/// </summary>
/// <param name="others">What other rooms keep of repos.</param>
public sealed class RepoRenamer(IMetadataStore metadata, CommitStore commits, RepoContents contents, params IReadOnlyList<IRepoRows> others)
{
    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();
    private readonly Journal _journal = new();
    private readonly TransactionTable _transactions = new();

    /// <summary>Renames a repo.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.AlreadyExists"/>: a repo has the new name; <see cref="ErrorKind.FailedPrecondition"/>:
    /// pipelines read or write it, by name, or the new project keeps its bytes in another store.
    /// </exception>
    public async ValueTask<Repo> RenameAsync(RepoName from, RepoName to, CancellationToken cancellationToken)
    {
        Repo renamed = await metadata.WriteAsync(
            async t =>
            {
                Repo repo = await _repos.GetAsync(t, from, cancellationToken);
                await CheckAsync(t, repo, to, cancellationToken);
                Repo moved = repo with { Name = to };
                await _repos.PutAsync(t, moved, cancellationToken);
                await MoveBranchesAndTagsAsync(t, from, to, cancellationToken);
                await MoveCommitsAsync(t, from, to, cancellationToken);
                await RetentionStore.MoveAsync(t, from, to, cancellationToken);
                await MoveTransactionsAsync(t, from, to, cancellationToken);
                foreach (IRepoRows rows in others)
                {
                    await rows.MoveAsync(t, from, to, cancellationToken);
                }

                await _repos.DeleteAsync(t, from, cancellationToken);
                foreach (RepoName former in (RepoName[])[from, .. await _repos.ListAliasesAsync(t, from, cancellationToken)])
                {
                    await _repos.PutAliasAsync(t, former, to, cancellationToken);
                }

                await _repos.DeleteAliasAsync(t, to, cancellationToken);
                return moved;
            },
            cancellationToken);
        commits.NotifyChanged();
        return renamed;
    }

    private async ValueTask CheckAsync(IMetadataReader reader, Repo repo, RepoName to, CancellationToken cancellationToken)
    {
        if (await _repos.FindAsync(reader, to, cancellationToken) is not null)
        {
            throw new SlipwayException(ErrorKind.AlreadyExists, $"there is a repo {to} already");
        }

        IReadOnlyList<BranchUse> uses = commits.Hook is { } hook ? await hook.UsesAsync(reader, repo.Name, null, cancellationToken) : [];
        string[] names = [.. uses.Select(u => u.Pipeline).Append(repo.Pipeline).OfType<string>().Distinct()];
        if (names.Length > 0)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"repo {repo.Name} cannot be renamed: pipelines name it: {string.Join(", ", names)}",
                $"Let them read another repo first, or remove them: slipway pipeline rm {names[0]}");
        }

        if (!ReferenceEquals(contents.Of(repo.Name).Blobs, contents.Of(to).Blobs))
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"repo {repo.Name} cannot become {to}: the two projects keep their bytes in different stores",
                $"Make {to} and copy: slipway cp {repo.Name}@master:/ {to}@master:/");
        }
    }

    private async ValueTask MoveBranchesAndTagsAsync(IMetadataTransaction transaction, RepoName from, RepoName to, CancellationToken cancellationToken)
    {
        foreach (Branch branch in await _repos.ListBranchesAsync(transaction, from, cancellationToken).ToListAsync(cancellationToken))
        {
            await _repos.DeleteBranchAsync(transaction, branch, cancellationToken);
            await _repos.PutBranchAsync(transaction, branch with { Repo = to }, cancellationToken);
        }

        foreach (Tag tag in await _repos.ListTagsAsync(transaction, from, cancellationToken).ToListAsync(cancellationToken))
        {
            await _repos.DeleteTagAsync(transaction, from, tag.Name, cancellationToken);
            await _repos.PutTagAsync(transaction, tag with { Repo = to }, cancellationToken);
        }
    }

    private async ValueTask MoveTransactionsAsync(IMetadataTransaction transaction, RepoName from, RepoName to, CancellationToken cancellationToken)
    {
        foreach (Transaction open in await _transactions.ListAsync(transaction, cancellationToken).ToListAsync(cancellationToken))
        {
            Transaction moved = open with
            {
                Parts = [.. open.Parts.Select(p => p.Repo == from ? p with { Repo = to } : p)],
                Moves = [.. open.Moves.Select(m => m.Repo == from ? m with { Repo = to } : m)],
            };
            await _transactions.PutAsync(transaction, moved, cancellationToken);
        }
    }

    private async ValueTask MoveCommitsAsync(IMetadataTransaction transaction, RepoName from, RepoName to, CancellationToken cancellationToken)
    {
        GlobalId? before = null;
        while (await _commits.PageAsync(transaction, from, null, before, 1000, cancellationToken) is { Count: > 0 } page)
        {
            before = page[^1].GlobalId;
            foreach (Commit commit in page)
            {
                await _commits.DeleteAsync(transaction, commit, cancellationToken);
                await _commits.PutAsync(transaction, commit with { Repo = to }, cancellationToken);
                if (commit.State == CommitState.Open)
                {
                    await _journal.MoveAsync(transaction, from, to, commit.GlobalId, cancellationToken);
                }
            }
        }
    }
}
