using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;

namespace Slipway.Data.Commits;

/// <summary>
/// Commits: opened, edited, finished; found and listed. The edits of an open commit are durable when <see cref="EditAsync"/> returns. A
/// finish folds them over the tree that is the branch's head at that moment, so that several writers of one branch each add their part; the
/// work on trees is done outside of the metadata's transaction, which then only compares the head and swaps it. The forms that take a
/// transaction or a reader are for rooms that do more in the same one; after such a transaction call <see cref="NotifyChanged"/>.
/// </summary>
public sealed partial class CommitStore(IMetadataStore metadata, RepoContents contents, TimeProvider time)
{
    private const int LogPage = 64;

    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();
    private readonly Journal _journal = new();
    private readonly TransactionTable _transactions = new();
    private readonly FinishQueue _finishes = new();

    /// <summary>Commits whose files and trees are all kept in one store.</summary>
    public CommitStore(IMetadataStore metadata, TreeStore trees, IBlobStore blobs, TimeProvider time)
        : this(metadata, new RepoContents(blobs, trees), time)
    {
    }

    /// <summary>Raised after each transaction in which commits changed.</summary>
    public event Action? Changed;

    /// <summary>Hears of moved heads, inside of the transaction. Set once, before the first commit.</summary>
    public ICommitHook? Hook { get; set; }

    internal CommitFinisher Finisher => new(_repos, _commits, Hook, time);

    internal CommitBuilder Builder => new(metadata, contents, _repos, _commits);

    /// <summary>Opens a commit on a branch, which is made where it is new. Several may be open on one branch.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no such repo; <see cref="ErrorKind.FailedPrecondition"/>: it is a pipeline's.</exception>
    public ValueTask<Commit> StartAsync(RepoName repo, BranchName branch, string message, string author, CancellationToken cancellationToken) =>
        StartAsync(repo, branch, message, author, null, cancellationToken);

    /// <inheritdoc cref="StartAsync(RepoName, BranchName, string, string, CancellationToken)"/>
    /// <param name="expires">After how long it is dropped if it is still open; null: never.</param>
    public async ValueTask<Commit> StartAsync(
        RepoName repo, BranchName branch, string message, string author, TimeSpan? expires, CancellationToken cancellationToken)
    {
        Commit commit = await metadata.WriteAsync(
            async t =>
            {
                Commit open = await NewUserCommitAsync(t, repo, branch, message, author, cancellationToken) with { Expires = time.GetUtcNow() + expires };
                await _commits.PutAsync(t, open, cancellationToken);
                await EnsureBranchAsync(t, repo, branch, cancellationToken);
                return open;
            },
            cancellationToken);
        NotifyChanged();
        return commit;
    }

    /// <summary>Appends edits to an open commit's journal; they and the blobs that they name are durable when this returns.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: not open, or a pipeline's.</exception>
    public ValueTask EditAsync(RepoName repo, GlobalId id, IReadOnlyList<TreeEdit> edits, CancellationToken cancellationToken) =>
        EditAsync(repo, id, edits, [], cancellationToken);

    /// <summary>As <see cref="EditAsync(RepoName, GlobalId, IReadOnlyList{TreeEdit}, CancellationToken)"/>, for edits that take over trees of other commits.</summary>
    /// <param name="sources">Those commits: they must still be there, and keep the trees from the collection until the edits do.</param>
    public async ValueTask EditAsync(
        RepoName repo, GlobalId id, IReadOnlyList<TreeEdit> edits, IReadOnlyList<Commit> sources, CancellationToken cancellationToken)
    {
        await contents.Of(repo).Blobs.FlushAsync(cancellationToken);
        await metadata.WriteAsync(
            async t =>
            {
                await GetOpenAsync(t, repo, id, cancellationToken);
                await CheckSourcesAsync(t, sources, cancellationToken);
                await _journal.AppendAsync(t, repo, id, edits, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Folds an open commit's journal over its branch's head and makes the result the head.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.Conflict"/>: the edits do not fit the head (a file where there is a directory): the commit stays open;
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: not open, or a pipeline's.
    /// </exception>
    public async ValueTask<Commit> FinishAsync(RepoName repo, GlobalId id, CancellationToken cancellationToken)
    {
        BranchName branch = await metadata.ReadAsync(r => BranchToFinishAsync(r, repo, id, cancellationToken), cancellationToken);
        return await FinishBuiltAsync(
            repo,
            branch,
            async () =>
            {
                // Read again each time: the branch may have been renamed meanwhile.
                BranchName now = await metadata.ReadAsync(r => BranchToFinishAsync(r, repo, id, cancellationToken), cancellationToken);
                return await BuildOpenAsync(repo, now, id, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>
    /// Finishes several open commits, of different repos or branches, in one transaction: all of them or none. What follows from them has
    /// the global id of the first.
    /// </summary>
    /// <exception cref="SlipwayException">As <see cref="FinishAsync"/>.</exception>
    public async ValueTask<IReadOnlyList<Commit>> FinishAllAsync(IReadOnlyList<(RepoName Repo, GlobalId Id)> open, CancellationToken cancellationToken) =>
        await FinishTogetherAsync(
            async () =>
            {
                List<BuiltCommit> built = [];
                foreach ((RepoName repo, GlobalId id) in open)
                {
                    BranchName branch = await metadata.ReadAsync(r => BranchToFinishAsync(r, repo, id, cancellationToken), cancellationToken);
                    built.Add(await BuildOpenAsync(repo, branch, id, cancellationToken));
                }

                return built.Select(b => (b.Repo, b.Branch)).Distinct().Count() == built.Count ? built : throw new SlipwayException(
                    ErrorKind.InvalidArgument, "two of these commits are open on one branch, and each would be the parent of the other", "Finish them one after another.");
            },
            null,
            null,
            $"commits {string.Join(", ", open.Select(o => $"{o.Repo}@{o.Id}"))}",
            cancellationToken);

    /// <summary>Starts, edits and finishes in one: the edits become the branch's next commit, or nothing is left.</summary>
    /// <exception cref="SlipwayException">As <see cref="StartAsync"/> and <see cref="FinishAsync"/>.</exception>
    public ValueTask<Commit> PutAsync(
        RepoName repo, BranchName branch, IReadOnlyList<TreeEdit> edits, string message, string author, CancellationToken cancellationToken) =>
        PutAsync(repo, branch, edits, [], message, author, cancellationToken);

    /// <summary>As the short form, for edits that take over trees of other commits.</summary>
    /// <param name="sources">Those commits: they must still be there, and keep the trees from the collection until the new commit does.</param>
    /// <param name="check">Looks at the tree that the edits are going to stand on, and throws where they must not; null: they may in any case.</param>
    public async ValueTask<Commit> PutAsync(
        RepoName repo,
        BranchName branch,
        IReadOnlyList<TreeEdit> edits,
        IReadOnlyList<Commit> sources,
        string message,
        string author,
        CancellationToken cancellationToken,
        Func<Digest, ValueTask>? check = null)
    {
        List<TreeEdit> all = [.. edits];
        DateTimeOffset started = time.GetUtcNow();
        return await FinishBuiltAsync(
            repo,
            branch,
            () => Builder.BuildAsync(
                repo,
                branch,
                async (r, _) =>
                {
                    await CheckWritableAsync(r, repo, cancellationToken);
                    return all;
                },
                async (todo, basis) =>
                {
                    await (check?.Invoke(basis) ?? ValueTask.CompletedTask);
                    return await contents.Of(repo).Trees.ApplyAsync(basis, todo, cancellationToken);
                },
                async (t, _) =>
                {
                    await CheckSourcesAsync(t, sources, cancellationToken);
                    await EnsureBranchAsync(t, repo, branch, cancellationToken);
                    return await NewUserCommitAsync(t, repo, branch, message, author, cancellationToken) with { Started = started };
                },
                cancellationToken),
            cancellationToken);
    }

    /// <summary>Abandons an open commit of a user: it and its journal are gone.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: not open, or a pipeline's.</exception>
    public async ValueTask DropAsync(RepoName repo, GlobalId id, CancellationToken cancellationToken)
    {
        await metadata.WriteAsync(
            async t =>
            {
                Commit open = await GetOpenAsync(t, repo, id, cancellationToken);
                await _journal.DeleteAsync(t, repo, id, cancellationToken);
                await _commits.DeleteAsync(t, open, cancellationToken);
                return true;
            },
            cancellationToken);
        NotifyChanged();
    }

    /// <summary>Drops the open commits whose time is over, with their journals.</summary>
    /// <returns>When the next one's is; null where none has a time.</returns>
    public async ValueTask<DateTimeOffset?> ExpireAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<Commit> timed = await metadata.ReadAsync(
            r => _commits.ExpiringAsync(r, cancellationToken).ToListAsync(cancellationToken), cancellationToken);
        foreach (Commit due in timed.Where(c => c.Expires <= now))
        {
            await metadata.WriteAsync(
                async t =>
                {
                    if (await _commits.FindAsync(t, due.Repo, due.GlobalId, cancellationToken) is { State: CommitState.Open } open)
                    {
                        await _journal.DeleteAsync(t, open.Repo, open.GlobalId, cancellationToken);
                        await _commits.DeleteAsync(t, open, cancellationToken);
                    }

                    return true;
                },
                cancellationToken);
        }

        if (timed.Exists(c => c.Expires <= now))
        {
            NotifyChanged();
        }

        return timed.Where(c => c.Expires > now).Min(c => c.Expires);
    }

    /// <summary>A commit in any state, or null.</summary>
    public ValueTask<Commit?> FindAsync(RepoName repo, GlobalId id, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => FindAsync(r, repo, id, cancellationToken), cancellationToken);

    /// <inheritdoc cref="FindAsync(RepoName, GlobalId, CancellationToken)"/>
    public ValueTask<Commit?> FindAsync(IMetadataReader reader, RepoName repo, GlobalId id, CancellationToken cancellationToken) =>
        _commits.FindAsync(reader, repo, id, cancellationToken);

    /// <summary>The last commit of a branch that finished with success; null where there is none.</summary>
    public ValueTask<Commit?> HeadAsync(RepoName repo, BranchName branch, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => HeadAsync(r, repo, branch, cancellationToken), cancellationToken);

    /// <inheritdoc cref="HeadAsync(RepoName, BranchName, CancellationToken)"/>
    public async ValueTask<Commit?> HeadAsync(IMetadataReader reader, RepoName repo, BranchName branch, CancellationToken cancellationToken) =>
        (await _repos.FindBranchAsync(reader, repo, branch, cancellationToken))?.Head is { } head
            ? await _commits.FindAsync(reader, repo, head, cancellationToken)
            : null;

    /// <summary>The commit that a reference means.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: says what exists; <see cref="ErrorKind.InvalidArgument"/>: an ambiguous prefix, with its candidates.
    /// </exception>
    public ValueTask<Commit> ResolveAsync(CommitReference reference, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => ResolveAsync(r, reference, cancellationToken), cancellationToken);

    /// <inheritdoc cref="ResolveAsync(CommitReference, CancellationToken)"/>
    public ValueTask<Commit> ResolveAsync(IMetadataReader reader, CommitReference reference, CancellationToken cancellationToken) =>
        new RevisionResolver(_repos, _commits).ResolveAsync(reader, reference, cancellationToken);

    /// <summary>
    /// The commits of a repo, newest first, with open and failed ones; or the history of one branch: its head and what that descends from, each
    /// before its parents, among those on it that are open or failed. Read page by page as they are taken.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no such repo or branch; says what exists.</exception>
    public async IAsyncEnumerable<Commit> LogAsync(RepoName repo, BranchName? branch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RevisionResolver resolver = new(_repos, _commits);
        await metadata.ReadAsync(r => resolver.CheckExistsAsync(r, repo, branch, cancellationToken), cancellationToken);
        ICommitPages pages = branch is { } name ? new BranchLog(_repos, _commits, repo, name) : new RepoLog(_commits, repo);
        await foreach (Commit commit in ReadPagesAsync(pages, cancellationToken))
        {
            yield return commit;
        }
    }

    /// <summary>A commit and all that it descends from, each before its parents; read page by page as they are taken.</summary>
    /// <exception cref="SlipwayException">As <see cref="ResolveAsync(CommitReference, CancellationToken)"/>.</exception>
    public async IAsyncEnumerable<Commit> LogAsync(CommitReference from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Commit first = await ResolveAsync(from, cancellationToken);
        await foreach (Commit commit in ReadPagesAsync(new BranchLog(_repos, _commits, first.Repo, null, first.GlobalId), cancellationToken))
        {
            yield return commit;
        }
    }

    private async IAsyncEnumerable<Commit> ReadPagesAsync(ICommitPages pages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            List<Commit> page = await metadata.ReadAsync(r => pages.NextAsync(r, LogPage, cancellationToken), cancellationToken);
            foreach (Commit commit in page)
            {
                yield return commit;
            }

            if (page.Count < LogPage)
            {
                yield break;
            }
        }
    }

    /// <summary>The commits of all repos that one global id joins, by repo.</summary>
    public ValueTask<IReadOnlyList<Commit>> ListByGlobalIdAsync(GlobalId id, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => ListByGlobalIdAsync(r, id, cancellationToken), cancellationToken);

    /// <inheritdoc cref="ListByGlobalIdAsync(GlobalId, CancellationToken)"/>
    public async ValueTask<IReadOnlyList<Commit>> ListByGlobalIdAsync(IMetadataReader reader, GlobalId id, CancellationToken cancellationToken) =>
        await _commits.WithGlobalIdAsync(reader, id, cancellationToken).ToListAsync(cancellationToken);

    /// <summary>The open commits of a repo, oldest first.</summary>
    public async ValueTask<IReadOnlyList<Commit>> ListOpenAsync(IMetadataReader reader, RepoName repo, CancellationToken cancellationToken) =>
        await _commits.OpenAsync(reader, repo, cancellationToken).ToListAsync(cancellationToken);

    /// <summary>Raises <see cref="Changed"/>: for callers of the in-transaction verbs, once their transaction is through.</summary>
    public void NotifyChanged() => Changed?.Invoke();

    /// <summary>A commit of a user, open and not yet written; refuses a repo that a pipeline writes.</summary>
    internal async ValueTask<Commit> NewUserCommitAsync(
        IMetadataReader reader, RepoName repo, BranchName branch, string message, string author, CancellationToken cancellationToken)
    {
        await CheckWritableAsync(reader, repo, cancellationToken);
        GlobalId? last = await _commits.LastIdAsync(reader, repo, branch, cancellationToken);
        Branch? existing = await _repos.FindBranchAsync(reader, repo, branch, cancellationToken);
        if (existing?.Trigger is { } trigger)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"branch {repo}@{branch} takes no commits: its trigger moves it to heads of {trigger.On}",
                $"Commit to {repo}@{trigger.On}, or to another branch.");
        }

        GlobalId? head = existing?.Head;
        last = last is null || head > last ? head : last;
        return new Commit
        {
            Repo = repo,
            Branch = branch,
            GlobalId = GlobalId.New(time, last),
            Origin = CommitOrigin.User,
            State = CommitState.Open,
            Message = message,
            Author = author,
            Started = time.GetUtcNow(),
        };
    }

    /// <summary>Makes the branch where it is new; throws where its name is taken otherwise.</summary>
    internal async ValueTask EnsureBranchAsync(IMetadataTransaction transaction, RepoName repo, BranchName branch, CancellationToken cancellationToken)
    {
        if (await _repos.FindBranchAsync(transaction, repo, branch, cancellationToken) is null)
        {
            await new NameRules(_repos).CheckFreeAsync(transaction, repo, branch, cancellationToken);
            await _repos.PutBranchAsync(transaction, new Branch(repo, branch, null), cancellationToken);
        }
    }

    /// <summary>Refuses a repo that a pipeline writes.</summary>
    internal async ValueTask CheckWritableAsync(IMetadataReader reader, RepoName repo, CancellationToken cancellationToken)
    {
        if (await _repos.GetAsync(reader, repo, cancellationToken) is { Pipeline: { } pipeline })
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"repo {repo} is the output of pipeline {pipeline}: only its jobs write to it",
                "Put the data into a repo of your own, or change the pipeline.");
        }
    }

    private async ValueTask CheckSourcesAsync(IMetadataReader reader, IReadOnlyList<Commit> sources, CancellationToken cancellationToken)
    {
        foreach (Commit source in sources)
        {
            if (await FindAsync(reader, source.Repo, source.GlobalId, cancellationToken) is not { Tree: { } tree } || tree != source.Tree)
            {
                throw new SlipwayException(
                    ErrorKind.Conflict, $"commit {source.Repo}@{source.GlobalId} was taken away while its files were used", "Try again with another commit.");
            }
        }
    }

    private async ValueTask<Commit> GetOpenAsync(
        IMetadataReader reader, RepoName repo, GlobalId id, CancellationToken cancellationToken, CommitOrigin origin = CommitOrigin.User)
    {
        await _repos.GetAsync(reader, repo, cancellationToken);
        Commit commit = await _commits.FindAsync(reader, repo, id, cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"repo {repo} has no commit {id}", $"To see its commits: slipway log {repo}");
        if (commit.State != CommitState.Open)
        {
            string state = commit.State == CommitState.Finished ? "has finished" : "has failed";
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"commit {repo}@{id} {state} and cannot change any more", $"Start another: slipway commit start {repo}@{commit.Branch}");
        }

        if (commit.Expires <= time.GetUtcNow())
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"commit {repo}@{id} expired at {commit.Expires:u}", $"Start another: slipway commit start {repo}@{commit.Branch}");
        }

        return commit.Origin == origin ? commit : throw new SlipwayException(
            ErrorKind.FailedPrecondition, $"commit {repo}@{id} is {(commit.Origin == CommitOrigin.Pipeline ? "the output of a pipeline's job" : "a user's")}");
    }
}
