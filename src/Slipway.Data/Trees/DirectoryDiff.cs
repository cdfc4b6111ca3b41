using System.Runtime.CompilerServices;

namespace Slipway.Data.Trees;

/// <summary>Compares two directories side by side, name by name, without reading the nodes that they share or looking into folders.</summary>
internal static class DirectoryDiff
{
    /// <summary>The entries of each name in which the two differ, in name order; null on the side that lacks it.</summary>
    public static async IAsyncEnumerable<(TreeEntry? Before, TreeEntry? After)> ChangesAsync(
        Frontier before, Frontier after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (before.Head is not null || after.Head is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (before.HeadLevel >= 0 || after.HeadLevel >= 0)
            {
                await PassNodesAsync(before, after, cancellationToken);
                continue;
            }

            (TreeEntry? old, TreeEntry? now) = TakePair(before, after);
            if (old != now)
            {
                yield return (old, now);
            }
        }
    }

    /// <summary>Skips a node that both have; else reads the higher of the two, or both where they are of one level.</summary>
    public static async ValueTask PassNodesAsync(Frontier before, Frontier after, CancellationToken cancellationToken)
    {
        int first = before.HeadLevel;
        int second = after.HeadLevel;
        if (first == second && before.Head!.Digest == after.Head!.Digest)
        {
            before.Skip();
            after.Skip();
            return;
        }

        if (first >= second)
        {
            await before.ExpandAsync(cancellationToken);
        }

        if (second >= first)
        {
            await after.ExpandAsync(cancellationToken);
        }
    }

    /// <summary>Takes the entries of the next name from both sides, on each of which an entry or the end comes next.</summary>
    public static (TreeEntry? Before, TreeEntry? After) TakePair(Frontier before, Frontier after)
    {
        TreeEntry? old = (TreeEntry?)before.Head;
        TreeEntry? now = (TreeEntry?)after.Head;
        int order = old is null ? 1 : now is null ? -1 : NameOrder.Compare(old.Name, now.Name);
        if (order <= 0)
        {
            before.Skip();
        }

        if (order >= 0)
        {
            after.Skip();
        }

        return (order <= 0 ? old : null, order >= 0 ? now : null);
    }
}
