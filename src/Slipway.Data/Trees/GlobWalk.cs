using System.Runtime.CompilerServices;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>
/// Finds the entries that a glob matches: level by level along its segments, by name where a segment is literal, and the whole subtree
/// only from the first segment on that can cross <c>/</c>.
/// </summary>
internal sealed class GlobWalk(TreeStore trees, Glob glob)
{
    public async IAsyncEnumerable<KeyValuePair<DataPath, TreeEntry>> WalkAsync(
        Digest root, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (glob.SegmentCount == 0)
        {
            yield return new(DataPath.Root, (await trees.FindAsync(root, DataPath.Root, cancellationToken))!);
            yield break;
        }

        Stack<(DataPath Path, IAsyncEnumerator<TreeEntry> Entries, int Depth)> open = new();
        try
        {
            open.Push((DataPath.Root, Candidates(root, 0, cancellationToken), 0));
            while (open.TryPeek(out (DataPath Path, IAsyncEnumerator<TreeEntry> Entries, int Depth) top))
            {
                if (!await top.Entries.MoveNextAsync())
                {
                    await open.Pop().Entries.DisposeAsync();
                    continue;
                }

                TreeEntry entry = top.Entries.Current;
                DataPath path = top.Path.AppendKnown(entry.Name);
                bool fixedDepth = top.Depth < glob.FixedDepth;
                if (fixedDepth && !glob.MatchesSegment(top.Depth, entry.Name))
                {
                    continue;
                }

                // On a fixed level all segments up to here match; the last one decides. Beyond, the whole path is tried.
                if (fixedDepth ? top.Depth == glob.SegmentCount - 1 : glob.Matches(path))
                {
                    yield return new(path, entry);
                }

                if (entry.Kind == EntryKind.Directory && (!fixedDepth || top.Depth < glob.SegmentCount - 1))
                {
                    open.Push((path, Candidates(entry.Digest, top.Depth + 1, cancellationToken), top.Depth + 1));
                }
            }
        }
        finally
        {
            while (open.TryPop(out (DataPath Path, IAsyncEnumerator<TreeEntry> Entries, int Depth) left))
            {
                await left.Entries.DisposeAsync();
            }
        }
    }

    private IAsyncEnumerator<TreeEntry> Candidates(Digest directory, int depth, CancellationToken cancellationToken) =>
        depth < glob.FixedDepth && glob.LiteralSegment(depth) is { } name
            ? One(directory, name, cancellationToken).GetAsyncEnumerator(cancellationToken)
            : trees.ListAsync(directory, null, cancellationToken).GetAsyncEnumerator(cancellationToken);

    private async IAsyncEnumerable<TreeEntry> One(Digest directory, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await trees.FindChildAsync(directory, name, cancellationToken) is { } entry)
        {
            yield return entry;
        }
    }
}
