using System.Runtime.CompilerServices;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// Where commits are kept: the record under repo and global id, and marks that lead to it by branch, by global id over all repos, by
/// commit id, by each parent, by each commit that it was computed from, and, while it is open, from lists of open and of expiring ones. Global ids are ordered by time, so the newest of a branch is one step from
/// the end of a range, however long the history.
/// </summary>
internal sealed class CommitTables
{
    private readonly RepoTables _repos = new();
    private readonly Table<Commit> _commits = new("commits", CommitJson.Default.Commit);
    private readonly Table<CommitMark> _byBranch = new("commits-by-branch", CommitJson.Default.CommitMark);
    private readonly Table<CommitMark> _byGlobalId = new("commits-by-global-id", CommitJson.Default.CommitMark);
    private readonly Table<CommitMark> _byId = new("commits-by-id", CommitJson.Default.CommitMark);
    private readonly Table<CommitMark> _byParent = new("commits-by-parent", CommitJson.Default.CommitMark);
    private readonly Table<CommitMark> _byInput = new("commits-by-input", CommitJson.Default.CommitMark);
    private readonly Table<CommitMark> _expiring = new("commits-expiring", CommitJson.Default.CommitMark);
    private readonly Table<CommitMark> _open = new("commits-open", CommitJson.Default.CommitMark);

    /// <summary>The commit; where the repo has been renamed since, also by its former name.</summary>
    public async ValueTask<Commit?> FindAsync(IMetadataReader reader, RepoName repo, GlobalId id, CancellationToken cancellationToken)
    {
        Commit? commit = await _commits.FindAsync(reader, TableKey.Join(repo.ToString(), id.ToString()), cancellationToken);
        return commit is null && await _repos.FindAliasAsync(reader, repo, cancellationToken) is { } now
            ? await _commits.FindAsync(reader, TableKey.Join(now.ToString(), id.ToString()), cancellationToken)
            : commit;
    }

    /// <summary>Sets the record and the marks that its state calls for.</summary>
    public async ValueTask PutAsync(IMetadataTransaction transaction, Commit commit, CancellationToken cancellationToken)
    {
        string repo = commit.Repo.ToString();
        string id = commit.GlobalId.ToString();
        CommitMark mark = new(commit.GlobalId);
        await _commits.PutAsync(transaction, TableKey.Join(repo, id), commit, cancellationToken);
        await _byBranch.PutAsync(transaction, TableKey.Join(repo, commit.Branch.ToString(), id), mark, cancellationToken);
        await _byGlobalId.PutAsync(transaction, TableKey.Join(id, repo), mark, cancellationToken);
        if (commit.State == CommitState.Open)
        {
            await _open.PutAsync(transaction, TableKey.Join(repo, id), mark, cancellationToken);
        }
        else
        {
            await _open.DeleteAsync(transaction, TableKey.Join(repo, id), cancellationToken);
        }

        if (commit is { State: CommitState.Open, Expires: not null })
        {
            await _expiring.PutAsync(transaction, TableKey.Join(repo, id), mark, cancellationToken);
        }
        else
        {
            await _expiring.DeleteAsync(transaction, TableKey.Join(repo, id), cancellationToken);
        }

        if (commit.Id is { } said)
        {
            await _byId.PutAsync(transaction, TableKey.Join(repo, said.ToString(), id), mark, cancellationToken);
        }

        foreach (GlobalId parent in ParentsOf(commit))
        {
            await _byParent.PutAsync(transaction, TableKey.Join(repo, parent.ToString(), id), mark, cancellationToken);
        }

        foreach (ProvenanceLink link in commit.Provenance)
        {
            await _byInput.PutAsync(transaction, TableKey.Join(link.Repo.ToString(), link.Commit.ToString(), repo, id), mark, cancellationToken);
        }
    }

    /// <summary>Removes the record and its marks.</summary>
    public async ValueTask DeleteAsync(IMetadataTransaction transaction, Commit commit, CancellationToken cancellationToken)
    {
        string repo = commit.Repo.ToString();
        string id = commit.GlobalId.ToString();
        await _commits.DeleteAsync(transaction, TableKey.Join(repo, id), cancellationToken);
        await _byBranch.DeleteAsync(transaction, TableKey.Join(repo, commit.Branch.ToString(), id), cancellationToken);
        await _byGlobalId.DeleteAsync(transaction, TableKey.Join(id, repo), cancellationToken);
        await _open.DeleteAsync(transaction, TableKey.Join(repo, id), cancellationToken);
        await _expiring.DeleteAsync(transaction, TableKey.Join(repo, id), cancellationToken);
        if (commit.Id is { } said)
        {
            await _byId.DeleteAsync(transaction, TableKey.Join(repo, said.ToString(), id), cancellationToken);
        }

        foreach (GlobalId parent in ParentsOf(commit))
        {
            await _byParent.DeleteAsync(transaction, TableKey.Join(repo, parent.ToString(), id), cancellationToken);
        }

        foreach (ProvenanceLink link in commit.Provenance)
        {
            await _byInput.DeleteAsync(transaction, TableKey.Join(link.Repo.ToString(), link.Commit.ToString(), repo, id), cancellationToken);
        }
    }

    /// <summary>The commits of the repo that have one as a parent.</summary>
    public async IAsyncEnumerable<Commit> ChildrenAsync(
        IMetadataReader reader, RepoName repo, GlobalId parent, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, CommitMark mark) in _byParent.ScanAsync(reader, TableKey.Join(repo.ToString(), parent.ToString()), cancellationToken))
        {
            if (await FindAsync(reader, repo, mark.Commit, cancellationToken) is { } child)
            {
                yield return child;
            }
        }
    }

    /// <summary>The commits of all repos that were computed from one, by repo.</summary>
    /// <param name="repo">The repo's name as their provenance gives it.</param>
    public async IAsyncEnumerable<Commit> MadeFromAsync(
        IMetadataReader reader, RepoName repo, GlobalId input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((string key, CommitMark mark) in _byInput.ScanAsync(reader, TableKey.Join(repo.ToString(), input.ToString()), cancellationToken))
        {
            RepoName output = RepoName.Parse(key.Split(TableKey.Separator)[2]);
            if (await FindAsync(reader, output, mark.Commit, cancellationToken) is { } made)
            {
                yield return made;
            }
        }
    }

    private static IEnumerable<GlobalId> ParentsOf(Commit commit)
    {
        if (commit.Parent is { } parent)
        {
            yield return parent;
        }

        if (commit.MergedFrom is { } second)
        {
            yield return second;
        }
    }

    /// <summary>The highest id that was started on a branch; null where none was.</summary>
    public async ValueTask<GlobalId?> LastIdAsync(IMetadataReader reader, RepoName repo, BranchName branch, CancellationToken cancellationToken)
    {
        string prefix = TableKey.Join(repo.ToString(), branch.ToString());
        await foreach ((_, CommitMark mark) in _byBranch.ScanAsync(reader, prefix, cancellationToken, descending: true, limit: 1))
        {
            return mark.Commit;
        }

        return null;
    }

    /// <summary>At most <paramref name="limit"/> commits of a repo, or of one branch, newest first, below <paramref name="before"/> (null: from the newest).</summary>
    public async ValueTask<List<Commit>> PageAsync(
        IMetadataReader reader, RepoName repo, BranchName? branch, GlobalId? before, int limit, CancellationToken cancellationToken)
    {
        string prefix = branch is { } name ? TableKey.Join(repo.ToString(), name.ToString()) : repo.ToString();
        string table = branch is null ? "commits" : "commits-by-branch";
        string from = prefix + TableKey.Separator;
        string to = before is { } bound ? TableKey.Join(prefix, bound.ToString()) : prefix + (char)(TableKey.Separator + 1);
        List<Commit> commits = [];
        await foreach ((string key, _) in reader.ScanAsync(table, from, to, cancellationToken, descending: true, limit: limit))
        {
            GlobalId id = GlobalId.Parse(key[(key.LastIndexOf(TableKey.Separator) + 1)..]);
            commits.Add((await FindAsync(reader, repo, id, cancellationToken))!);
        }

        return commits;
    }

    /// <summary>The open commits of a repo, oldest first.</summary>
    public async IAsyncEnumerable<Commit> OpenAsync(
        IMetadataReader reader, RepoName repo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, CommitMark mark) in _open.ScanAsync(reader, repo.ToString(), cancellationToken))
        {
            yield return (await FindAsync(reader, repo, mark.Commit, cancellationToken))!;
        }
    }

    /// <summary>The open commits of all repos that have an end.</summary>
    public async IAsyncEnumerable<Commit> ExpiringAsync(IMetadataReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((string key, CommitMark mark) in _expiring.ScanAsync(reader, null, cancellationToken))
        {
            yield return (await FindAsync(reader, RepoName.Parse(key[..key.IndexOf(TableKey.Separator)]), mark.Commit, cancellationToken))!;
        }
    }

    /// <summary>The commits of every repo that have one global id.</summary>
    public async IAsyncEnumerable<Commit> WithGlobalIdAsync(
        IMetadataReader reader, GlobalId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((string key, _) in _byGlobalId.ScanAsync(reader, id.ToString(), cancellationToken))
        {
            RepoName repo = RepoName.Parse(key[(key.IndexOf(TableKey.Separator) + 1)..]);
            yield return (await FindAsync(reader, repo, id, cancellationToken))!;
        }
    }

    /// <summary>The commits of a repo whose commit id begins with <paramref name="hex"/>, at most <paramref name="limit"/>.</summary>
    public async ValueTask<List<Commit>> WithIdPrefixAsync(
        IMetadataReader reader, RepoName repo, string hex, int limit, CancellationToken cancellationToken)
    {
        // 'g' follows every hex digit.
        string from = TableKey.Join(repo.ToString(), hex);
        List<Commit> commits = [];
        await foreach ((string key, _) in reader.ScanAsync("commits-by-id", from, from + "g", cancellationToken, limit: limit))
        {
            GlobalId id = GlobalId.Parse(key[(key.LastIndexOf(TableKey.Separator) + 1)..]);
            commits.Add((await FindAsync(reader, repo, id, cancellationToken))!);
        }

        return commits;
    }
}
