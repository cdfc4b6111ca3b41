using System.Runtime.CompilerServices;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>
/// Merges many trees into their union: in each directory a merge over the sorted entries of all trees that have it. A directory that only
/// one tree has is taken by its digest, unread; the cost is that of the entries in directories that several trees share.
/// </summary>
internal sealed class TreeUnion(NodeStore nodes, IReadOnlyList<LabelledTree> trees)
{
    private readonly List<TreeConflict> _conflicts = [];

    public async ValueTask<TreeMerge> MergeAsync(CancellationToken cancellationToken)
    {
        List<Member> roots = [.. trees.Select((tree, index) => new Member(index, tree.Tree))];
        NodeReference root = await MergeDirectoryAsync(DataPath.Root, roots, cancellationToken);
        return new TreeMerge(_conflicts.Count == 0 ? root.Digest : null, [.. _conflicts]);
    }

    private bool IsFull => _conflicts.Count >= TreeMerge.MaxConflicts;

    private async ValueTask<NodeReference> MergeDirectoryAsync(DataPath path, List<Member> members, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            await Task.Yield();
        }

        PriorityQueue<Source, (string Name, int Index)> queue = new(members.Count, EntryOrder.Instance);
        foreach (Member member in members)
        {
            Source source = new(member.Index, await Frontier.OpenAsync(nodes, member.Directory, cancellationToken));
            await EnqueueAsync(queue, source, cancellationToken);
        }

        DirectoryBuilder builder = new(nodes);
        List<(int Index, TreeEntry Entry)> same = [];
        while (queue.TryDequeue(out Source? source, out (string Name, int Index) key) && !IsFull)
        {
            same.Clear();
            same.Add((source.Index, source.Take()));
            await EnqueueAsync(queue, source, cancellationToken);
            while (queue.TryPeek(out _, out (string Name, int Index) next) && next.Name == key.Name)
            {
                source = queue.Dequeue();
                same.Add((source.Index, source.Take()));
                await EnqueueAsync(queue, source, cancellationToken);
            }

            if (await MergeEntryAsync(path.AppendKnown(key.Name), same, cancellationToken) is { } entry)
            {
                await builder.AddAsync(entry, cancellationToken);
            }
        }

        return await builder.FinishAsync(cancellationToken);
    }

    /// <summary>The one entry that the trees' entries of one name come to; null after a conflict.</summary>
    private async ValueTask<TreeEntry?> MergeEntryAsync(DataPath path, List<(int Index, TreeEntry Entry)> same, CancellationToken cancellationToken)
    {
        if (same.Count == 1)
        {
            return same[0].Entry;
        }

        // A file here clashes with all that the other trees have here, whatever it is.
        if (same.FindIndex(s => s.Entry.Kind != EntryKind.Directory) is int file and >= 0)
        {
            foreach ((int index, _) in same.Where((_, i) => i != file))
            {
                if (IsFull)
                {
                    break;
                }

                int first = Math.Min(same[file].Index, index);
                int second = Math.Max(same[file].Index, index);
                _conflicts.Add(new TreeConflict(path, trees[first].Label, trees[second].Label));
            }

            return null;
        }

        List<Member> members = [.. same.Select(s => new Member(s.Index, s.Entry.Digest))];
        NodeReference merged = await MergeDirectoryAsync(path, members, cancellationToken);
        return new TreeEntry(path.Name, EntryKind.Directory, false, merged.Size, merged.Digest);
    }

    private static async ValueTask EnqueueAsync(
        PriorityQueue<Source, (string Name, int Index)> queue, Source source, CancellationToken cancellationToken)
    {
        while (source.Entries.HeadLevel >= 0)
        {
            await source.Entries.ExpandAsync(cancellationToken);
        }

        if (source.Entries.Head is { } head)
        {
            queue.Enqueue(source, (head.Name, source.Index));
        }
    }

    private readonly record struct Member(int Index, Digest Directory);

    private sealed record Source(int Index, Frontier Entries)
    {
        public TreeEntry Take()
        {
            TreeEntry entry = (TreeEntry)Entries.Head!;
            Entries.Skip();
            return entry;
        }
    }

    private sealed class EntryOrder : IComparer<(string Name, int Index)>
    {
        public static EntryOrder Instance { get; } = new();

        public int Compare((string Name, int Index) x, (string Name, int Index) y) =>
            NameOrder.Compare(x.Name, y.Name) is int order and not 0 ? order : x.Index.CompareTo(y.Index);
    }
}
