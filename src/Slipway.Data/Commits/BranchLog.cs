using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// The history of a branch: its head and all that it descends from, newest first but never a commit before one that descends from it;
/// and in between those of the branch that are open or failed, by their time. Commits that the branch was moved away from are not in it.
/// Without a branch: the history of one commit.
/// </summary>
internal sealed class BranchLog(RepoTables repos, CommitTables commits, RepoName repo, BranchName? branch, GlobalId? from = null) : ICommitPages
{
    private static readonly IComparer<GlobalId> NewestFirst = Comparer<GlobalId>.Create(static (x, y) => y.CompareTo(x));

    private readonly PriorityQueue<Commit, GlobalId> _ahead = new(NewestFirst);
    private readonly HashSet<GlobalId> _seen = [];
    private readonly Queue<Commit> _unfinished = new();

    // Down to which id the branch's own commits were looked through for unfinished ones.
    private GlobalId? _looked;
    private bool _lookedAtAll = branch is null;
    private bool _begun;

    public async ValueTask<List<Commit>> NextAsync(IMetadataReader reader, int limit, CancellationToken cancellationToken)
    {
        if (!_begun)
        {
            _begun = true;
            Branch? at = branch is { } name ? await repos.FindBranchAsync(reader, repo, name, cancellationToken) : null;
            await AddAsync(reader, from ?? at?.Head, cancellationToken);
        }

        List<Commit> page = [];
        while (page.Count < limit)
        {
            GlobalId? next = _ahead.TryPeek(out Commit? head, out _) ? head.GlobalId : null;
            await LookAsync(reader, next, limit, cancellationToken);
            if (_unfinished.TryPeek(out Commit? unfinished) && (next is null || unfinished.GlobalId > next))
            {
                page.Add(_unfinished.Dequeue());
            }
            else if (_ahead.TryDequeue(out Commit? commit, out _))
            {
                page.Add(commit);
                await AddAsync(reader, commit.Parent, cancellationToken);
                await AddAsync(reader, commit.MergedFrom, cancellationToken);
            }
            else
            {
                break;
            }
        }

        return page;
    }

    private async ValueTask AddAsync(IMetadataReader reader, GlobalId? id, CancellationToken cancellationToken)
    {
        if (id is { } known && _seen.Add(known) && await commits.FindAsync(reader, repo, known, cancellationToken) is { } commit)
        {
            _ahead.Enqueue(commit, known);
        }
    }

    // Finds the unfinished commits above the next finished one; all that are left where there is none.
    private async ValueTask LookAsync(IMetadataReader reader, GlobalId? downTo, int limit, CancellationToken cancellationToken)
    {
        while (!_lookedAtAll && (downTo is null || _looked is null || _looked > downTo))
        {
            List<Commit> page = await commits.PageAsync(reader, repo, branch, _looked, limit, cancellationToken);
            _lookedAtAll = page.Count < limit;
            _looked = page.Count == 0 ? _looked : page[^1].GlobalId;
            foreach (Commit commit in page.Where(c => c.State != CommitState.Finished))
            {
                _unfinished.Enqueue(commit);
            }
        }
    }
}
