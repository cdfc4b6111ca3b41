using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Transactions;

/// <summary>
/// Transactions over several repos. A commit that is started in one is open under the transaction's global id and takes edits as any other;
/// finishing makes all of them and all branch moves visible in one transaction of the metadata, so that a pipeline which reads two
/// of the repos runs once. What does not fit undoes nothing and changes nothing: the transaction stays open, and the error names the repo.
/// </summary>
public sealed class TransactionStore(IMetadataStore metadata, CommitStore commits, BranchStore branches, TimeProvider time)
{
    private readonly TransactionTable _transactions = new();
    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();
    private readonly Journal _journal = new();

    /// <summary>Opens a transaction.</summary>
    /// <param name="expires">After how long it is dropped if it is still open; null: never.</param>
    public ValueTask<Transaction> BeginAsync(string message, string author, TimeSpan? expires, CancellationToken cancellationToken) => metadata.WriteAsync(
        async t =>
        {
            DateTimeOffset now = time.GetUtcNow();
            Transaction begun = new(GlobalId.New(time), message, author, now, now + expires, [], []);
            await _transactions.PutAsync(t, begun, cancellationToken);
            return begun;
        },
        cancellationToken);

    /// <summary>The open transactions, oldest first.</summary>
    public async ValueTask<IReadOnlyList<Transaction>> ListAsync(CancellationToken cancellationToken) => await metadata.ReadAsync(
        async r => await _transactions.ListAsync(r, cancellationToken).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Opens the transaction's commit on a branch, or returns the one that it has there already.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Conflict"/>: it has a commit on another branch of the repo, or moves this branch;
    /// <see cref="ErrorKind.FailedPrecondition"/>: a pipeline writes the repo.
    /// </exception>
    public async ValueTask<Commit> StartCommitAsync(GlobalId id, RepoName repo, BranchName branch, CancellationToken cancellationToken)
    {
        Commit commit = await metadata.WriteAsync(
            async t =>
            {
                Transaction transaction = await GetAsync(t, id, cancellationToken);
                if (transaction.Parts.FirstOrDefault(p => p.Repo == repo) is { } part)
                {
                    Commit? open = part.Branch == branch ? await _commits.FindAsync(t, repo, id, cancellationToken) : null;
                    return open ?? throw new SlipwayException(
                        ErrorKind.Conflict, $"transaction {id} has a commit on {repo}@{part.Branch} already, and takes one commit a repo", "Use a second transaction.");
                }

                CheckUnplanned(transaction, repo, branch);
                Commit begun = await commits.NewUserCommitAsync(t, repo, branch, transaction.Message, transaction.Author, cancellationToken)
                    with
                { GlobalId = id, Expires = transaction.Expires };
                await _commits.PutAsync(t, begun, cancellationToken);
                await commits.EnsureBranchAsync(t, repo, branch, cancellationToken);
                await _transactions.PutAsync(t, transaction with { Parts = transaction.Parts.Add(new TransactionPart(repo, branch)) }, cancellationToken);
                return begun;
            },
            cancellationToken);
        commits.NotifyChanged();
        return commit;
    }

    /// <summary>Plans to move a branch, or with <paramref name="isNew"/> to make it; only if nobody moves it in between.</summary>
    /// <param name="to">Null only for a new branch that shall be empty.</param>
    /// <returns>The branch as it will be.</returns>
    /// <exception cref="SlipwayException">As for the same without a transaction; <see cref="ErrorKind.Conflict"/>: the transaction has a commit or a move of that branch.</exception>
    public ValueTask<Branch> PlanMoveAsync(
        GlobalId id, RepoName repo, BranchName name, CommitReference? to, bool isNew, CancellationToken cancellationToken) => metadata.WriteAsync(
        async t =>
        {
            Transaction transaction = await GetAsync(t, id, cancellationToken);
            CheckUnplanned(transaction, repo, name);
            Branch? before = isNew ? null : await branches.GetAsync(t, repo, name, cancellationToken);
            Branch after = await branches.CheckMoveAsync(t, repo, name, before, to, cancellationToken);
            PlannedMove move = new(repo, name, before?.Head, after.Head, isNew);
            await _transactions.PutAsync(t, transaction with { Moves = transaction.Moves.Add(move) }, cancellationToken);
            return after;
        },
        cancellationToken);

    /// <summary>Makes all of it visible at once.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Conflict"/>: edits do not fit a head, or a branch moved since its move was planned: names the repo;
    /// <see cref="ErrorKind.FailedPrecondition"/>: a part of it is gone. In each case nothing has changed.
    /// </exception>
    public async ValueTask<TransactionResult> FinishAsync(GlobalId id, CancellationToken cancellationToken)
    {
        List<Branch> moved = [];
        List<Commit> finished = await commits.FinishTogetherAsync(
            () => BuildAsync(id, cancellationToken),
            async t =>
            {
                Transaction transaction = await GetAsync(t, id, cancellationToken);
                moved.Clear();
                foreach (PlannedMove move in transaction.Moves)
                {
                    moved.Add(await MoveAsync(t, transaction, move, cancellationToken));
                }

                await _transactions.DeleteAsync(t, id, cancellationToken);
                return moved;
            },
            id,
            $"transaction {id}",
            cancellationToken);
        return new TransactionResult(id, [.. finished], [.. finished.Select(c => new Branch(c.Repo, c.Branch, c.GlobalId)), .. moved]);
    }

    /// <summary>Abandons a transaction: its open commits are gone, nothing has moved.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>.</exception>
    public async ValueTask DropAsync(GlobalId id, CancellationToken cancellationToken)
    {
        await metadata.WriteAsync(
            async t =>
            {
                Transaction transaction = await GetAsync(t, id, cancellationToken, evenExpired: true);
                foreach (TransactionPart part in transaction.Parts)
                {
                    if (await _commits.FindAsync(t, part.Repo, id, cancellationToken) is { State: CommitState.Open } open)
                    {
                        await _journal.DeleteAsync(t, open.Repo, id, cancellationToken);
                        await _commits.DeleteAsync(t, open, cancellationToken);
                    }
                }

                return await _transactions.DeleteAsync(t, id, cancellationToken);
            },
            cancellationToken);
        commits.NotifyChanged();
    }

    /// <summary>Drops the transactions whose time is over.</summary>
    /// <returns>When the next one's is; null where none has a time.</returns>
    public async ValueTask<DateTimeOffset?> ExpireAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<Transaction> timed = [.. (await ListAsync(cancellationToken)).Where(t => t.Expires is not null)];
        foreach (Transaction due in timed.Where(t => t.Expires <= now))
        {
            await DropAsync(due.Id, cancellationToken);
        }

        return timed.Where(t => t.Expires > now).Min(t => t.Expires);
    }

    private async ValueTask<IReadOnlyList<BuiltCommit>> BuildAsync(GlobalId id, CancellationToken cancellationToken)
    {
        Transaction transaction = await metadata.ReadAsync(r => GetAsync(r, id, cancellationToken), cancellationToken);
        List<BuiltCommit> built = [];
        foreach (TransactionPart part in transaction.Parts)
        {
            if (await commits.FindAsync(part.Repo, id, cancellationToken) is not { State: CommitState.Open } open || open.Repo != part.Repo)
            {
                throw new SlipwayException(
                    ErrorKind.FailedPrecondition, $"transaction {id} cannot finish: its commit in repo {part.Repo} is gone", $"Begin again: slipway transaction drop {id}");
            }

            try
            {
                built.Add(await commits.BuildOpenAsync(open.Repo, open.Branch, id, cancellationToken));
            }
            catch (SlipwayException misfit) when (misfit.Kind == ErrorKind.Conflict)
            {
                throw new SlipwayException(ErrorKind.Conflict, $"transaction {id} cannot finish: in repo {part.Repo}: {misfit.Message}", misfit.Hint, misfit);
            }
        }

        return built;
    }

    private async ValueTask<Branch> MoveAsync(
        IMetadataTransaction transaction, Transaction of, PlannedMove move, CancellationToken cancellationToken)
    {
        Branch? now = await _repos.FindBranchAsync(transaction, move.Repo, move.Branch, cancellationToken);
        bool targetLives = move.To is not { } to || await _commits.FindAsync(transaction, move.Repo, to, cancellationToken) is not null;
        if (now is null != move.IsNew || now?.Head != move.Expected || !targetLives)
        {
            string what = !targetLives ? "the commit it shall stand at is gone" : now is null ? "it is gone" : move.IsNew ? "it was made meanwhile" : "it moved meanwhile";
            throw new SlipwayException(
                ErrorKind.Conflict, $"transaction {of.Id} cannot finish: branch {move.Repo}@{move.Branch}: {what}", $"Begin again: slipway transaction drop {of.Id}");
        }

        CommitReference? target = move.To is { } id ? new CommitReference(move.Repo, id.ToString(), null) : null;
        Branch moved = await branches.CheckMoveAsync(transaction, move.Repo, move.Branch, now, target, cancellationToken);
        await _repos.PutBranchAsync(transaction, moved, cancellationToken);
        return moved;
    }

    private async ValueTask<Transaction> GetAsync(IMetadataReader reader, GlobalId id, CancellationToken cancellationToken, bool evenExpired = false)
    {
        Transaction transaction = await _transactions.FindAsync(reader, id, cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"no transaction {id} is open", "To see those that are: slipway transaction ls");
        return evenExpired || transaction.Expires is not { } end || end > time.GetUtcNow() ? transaction : throw new SlipwayException(
            ErrorKind.FailedPrecondition, $"transaction {id} expired at {end:u}", "Begin another: slipway transaction begin");
    }

    private static void CheckUnplanned(Transaction transaction, RepoName repo, BranchName branch)
    {
        if (transaction.Parts.Contains(new TransactionPart(repo, branch)) || transaction.Moves.Any(m => m.Repo == repo && m.Branch == branch))
        {
            throw new SlipwayException(ErrorKind.Conflict, $"transaction {transaction.Id} changes branch {repo}@{branch} already", "Use a second transaction.");
        }
    }
}
