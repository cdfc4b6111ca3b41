using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>What a repo should hold: a dictionary of paths to digests for each commit, and where branches and tags stand.</summary>
internal sealed record HistoryModel
{
    public ImmutableSortedDictionary<GlobalId, ModelCommit> Commits { get; init; } = ImmutableSortedDictionary<GlobalId, ModelCommit>.Empty;

    public ImmutableSortedDictionary<string, GlobalId?> Branches { get; init; } = ImmutableSortedDictionary.Create<string, GlobalId?>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, GlobalId> Tags { get; init; } = ImmutableSortedDictionary.Create<string, GlobalId>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<GlobalId, OpenModel> Open { get; init; } = ImmutableSortedDictionary<GlobalId, OpenModel>.Empty;

    public ModelCommit? Head(string branch) => Branches.GetValueOrDefault(branch) is { } head ? Commits[head] : null;

    public FileMap FilesOf(GlobalId? commit) => commit is { } id ? Commits[id].Files : FileMap.Empty;

    /// <summary>After a commit that the store made of these files.</summary>
    public HistoryModel With(Commit made, FileMap files, bool moves = true) => this with
    {
        Commits = Commits.SetItem(made.GlobalId, new ModelCommit(made.GlobalId, made.Branch.ToString(), made.Parent, made.MergedFrom, Generation(made), files)),
        Branches = moves ? Branches.SetItem(made.Branch.ToString(), made.GlobalId) : Branches,
    };

    public HistoryModel Move(string branch, GlobalId? head) => this with { Branches = Branches.SetItem(branch, head) };

    public IEnumerable<ModelCommit> ChildrenOf(GlobalId commit) => Commits.Values.Where(other => other.Parent == commit || other.MergedFrom == commit);

    /// <summary>Whether a branch, a tag or another commit needs a commit.</summary>
    public bool IsNeeded(GlobalId commit) => Branches.ContainsValue(commit) || Tags.ContainsValue(commit) || ChildrenOf(commit).Any();

    /// <summary>Without a commit and all that stands on it; branches go back to the nearest that stays.</summary>
    public HistoryModel Drop(GlobalId commit)
    {
        HashSet<GlobalId> going = [];
        Queue<GlobalId> ahead = new([commit]);
        while (ahead.TryDequeue(out GlobalId next))
        {
            if (going.Add(next))
            {
                foreach (ModelCommit child in ChildrenOf(next))
                {
                    ahead.Enqueue(child.Id);
                }
            }
        }

        HistoryModel left = this with { Commits = Commits.RemoveRange(going), Tags = Tags.RemoveRange(Tags.Where(tag => going.Contains(tag.Value)).Select(tag => tag.Key)) };
        foreach ((string branch, GlobalId? head) in Branches)
        {
            GlobalId? at = head;
            while (at is { } gone && going.Contains(gone))
            {
                at = Commits[gone].Parent;
            }

            left = left.Move(branch, at);
        }

        return left;
    }

    /// <summary>The commit of the highest generation that both descend from; the younger of two.</summary>
    public ModelCommit? MergeBase(GlobalId left, GlobalId right) => Ancestors(left).Intersect(Ancestors(right)).Select(id => Commits[id])
        .OrderBy(commit => commit.Generation).ThenBy(commit => commit.Id).LastOrDefault();

    private HashSet<GlobalId> Ancestors(GlobalId commit)
    {
        HashSet<GlobalId> found = [];
        Queue<GlobalId> ahead = new([commit]);
        while (ahead.TryDequeue(out GlobalId next))
        {
            if (found.Add(next))
            {
                foreach (GlobalId? parent in (GlobalId?[])[Commits[next].Parent, Commits[next].MergedFrom])
                {
                    if (parent is { } id)
                    {
                        ahead.Enqueue(id);
                    }
                }
            }
        }

        return found;
    }

    private long Generation(Commit made) => 1 + Math.Max(
        made.Parent is { } parent ? Commits[parent].Generation : 0, made.MergedFrom is { } merged ? Commits[merged].Generation : 0);
}

/// <summary>A finished commit, with its files.</summary>
internal sealed record ModelCommit(GlobalId Id, string Branch, GlobalId? Parent, GlobalId? MergedFrom, long Generation, FileMap Files);

/// <summary>An open commit: what was done to it so far.</summary>
/// <param name="IsPart">It is of a transaction, and finishes only with that.</param>
internal sealed record OpenModel(string Branch, ImmutableArray<ModelEdit> Edits, bool IsPart = false);
