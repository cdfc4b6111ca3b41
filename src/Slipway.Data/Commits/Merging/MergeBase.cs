using Slipway.Content.Metadata;

namespace Slipway.Data.Commits.Merging;

/// <summary>
/// The nearest common ancestor of two commits, over all parents: the one of the highest generation. The walk goes down by generation, so
/// that whatever leads to a commit is seen before it, and reads what is above the ancestor on either side and nothing below.
/// Where two ancestors are equally near (after merges crosswise) the younger counts.
/// </summary>
internal sealed class MergeBase(CommitTables commits)
{
    private static readonly IComparer<(long Generation, GlobalId Id)> FromTheTop =
        Comparer<(long Generation, GlobalId Id)>.Create(static (x, y) => y.CompareTo(x));

    [Flags]
    private enum Sides
    {
        None = 0,
        Left = 1,
        Right = 2,
        Both = 3,
    }

    /// <summary>The merge base; null where the two have no commit in common.</summary>
    public async ValueTask<Commit?> FindAsync(IMetadataReader reader, Commit left, Commit right, CancellationToken cancellationToken)
    {
        Dictionary<GlobalId, Sides> sides = [];
        PriorityQueue<Commit, (long Generation, GlobalId Id)> ahead = new(FromTheTop);
        Reach(left, Sides.Left);
        Reach(right, Sides.Right);
        while (ahead.TryDequeue(out Commit? commit, out _))
        {
            Sides side = sides[commit.GlobalId];
            if (side == Sides.Both)
            {
                return commit;
            }

            foreach (GlobalId? parent in (GlobalId?[])[commit.Parent, commit.MergedFrom])
            {
                if (parent is { } id && sides.TryGetValue(id, out Sides known))
                {
                    sides[id] = known | side;
                }
                else if (parent is { } unseen && await commits.FindAsync(reader, commit.Repo, unseen, cancellationToken) is { } next)
                {
                    Reach(next, side);
                }
            }
        }

        return null;

        void Reach(Commit commit, Sides side)
        {
            bool seen = sides.TryGetValue(commit.GlobalId, out Sides known);
            sides[commit.GlobalId] = known | side;
            if (!seen)
            {
                ahead.Enqueue(commit, (commit.Generation, commit.GlobalId));
            }
        }
    }
}
