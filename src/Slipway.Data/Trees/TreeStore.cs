using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees.Merging;

namespace Slipway.Data.Trees;

/// <summary>
/// Directories of files by digest, in the blob store. The same content has the same root digest in whatever order it was written; what
/// differs little shares nearly all nodes. Trees never change: an edit returns the digest of another. No directory below a root is empty:
/// one that a delete empties is gone, as is one put empty. The bytes of files are put into the blob store by the caller.
/// Safe to call from many threads; nothing is durable before <see cref="IBlobStore.FlushAsync"/>.
/// </summary>
public sealed class TreeStore(IBlobStore blobs)
{
    /// <summary>So many edits of a merge are in memory at once.</summary>
    private const int MostFolded = 1 << 15;

    private readonly NodeStore _nodes = new(blobs);

    /// <summary>Stores the empty directory and returns its digest.</summary>
    public async ValueTask<Digest> EmptyAsync(CancellationToken cancellationToken) =>
        (await _nodes.WriteAsync(TreeNode.Empty, cancellationToken)).Digest;

    /// <summary>The entry at a path, or null. For <c>/</c> a directory without a name, with the size of everything below.</summary>
    public async ValueTask<TreeEntry?> FindAsync(Digest root, DataPath path, CancellationToken cancellationToken)
    {
        TreeEntry entry = new("", EntryKind.Directory, false, (await _nodes.ReadAsync(root, cancellationToken)).Size, root);
        foreach (string part in path.Parts)
        {
            if (entry.Kind != EntryKind.Directory || await FindChildAsync(entry.Digest, part, cancellationToken) is not { } child)
            {
                return null;
            }

            entry = child;
        }

        return entry;
    }

    /// <summary>The entries of one directory in byte order of names, from the first that follows <paramref name="after"/> (null: from the start).</summary>
    public async IAsyncEnumerable<TreeEntry> ListAsync(
        Digest directory, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NodeCursor cursor = new(_nodes, await _nodes.ReadAsync(directory, cancellationToken), 0);
        await cursor.SeekAsync(after ?? "", cancellationToken);
        do
        {
            IReadOnlyList<INodeItem> items = cursor.Current.Items;
            int start = after is null ? 0 : cursor.Current.LowerBound(after);
            for (int i = start; i < items.Count; i++)
            {
                if (items[i].Name != after)
                {
                    yield return (TreeEntry)items[i];
                }
            }
        }
        while (await cursor.NextAsync(cancellationToken));
    }

    /// <summary>How many entries a directory has, from its root node alone.</summary>
    public async ValueTask<long> CountAsync(Digest directory, CancellationToken cancellationToken) =>
        (await _nodes.ReadAsync(directory, cancellationToken)).Entries;

    /// <summary>All files and symlinks below a root, in path order.</summary>
    public async IAsyncEnumerable<KeyValuePair<DataPath, TreeEntry>> WalkAsync(
        Digest root, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stack<(DataPath Path, Frontier Ahead)> open = new([(DataPath.Root, await Frontier.OpenAsync(_nodes, root, cancellationToken))]);
        while (open.TryPeek(out (DataPath Path, Frontier Ahead) top))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (top.Ahead.HeadLevel >= 0)
            {
                await top.Ahead.ExpandAsync(cancellationToken);
            }
            else if (top.Ahead.Head is not TreeEntry entry)
            {
                open.Pop();
            }
            else
            {
                top.Ahead.Skip();
                DataPath path = top.Path.AppendKnown(entry.Name);
                if (entry.Kind == EntryKind.Directory)
                {
                    open.Push((path, await Frontier.OpenAsync(_nodes, entry.Digest, cancellationToken)));
                }
                else
                {
                    yield return new(path, entry);
                }
            }
        }
    }

    /// <summary>The entries, files and directories, whose paths match; in path order. Reads only directories that can hold a match.</summary>
    public IAsyncEnumerable<KeyValuePair<DataPath, TreeEntry>> GlobAsync(Digest root, Glob glob, CancellationToken cancellationToken) =>
        new GlobWalk(this, glob).WalkAsync(root, cancellationToken);

    /// <summary>
    /// The tree after <paramref name="edits"/>, done in order; see <see cref="PutEntry"/> and <see cref="DeletePath"/>. Each directory is
    /// changed in one pass. The cost is that of the edits times the logarithm of the directories' sizes.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: a file and a directory at one path; names both.</exception>
    public async ValueTask<Digest> ApplyAsync(Digest root, IReadOnlyList<TreeEdit> edits, CancellationToken cancellationToken)
    {
        EditFold fold = new();
        foreach (TreeEdit edit in edits)
        {
            if (edit is MergeDirectory merge)
            {
                root = await ApplyAsync(root, fold, cancellationToken);
                root = await ApplyAsync(root, merge, cancellationToken);
                fold = new EditFold();
            }
            else if (edit is MovePath move)
            {
                root = await ApplyAsync(root, fold, cancellationToken);
                root = await MoveAsync(root, move, cancellationToken);
                fold = new EditFold();
            }
            else if (edit is AppendFile append)
            {
                root = await ApplyAsync(root, fold, cancellationToken);
                fold = new EditFold();
                fold.Add(await AppendAsync(root, append, cancellationToken));
            }
            else
            {
                fold.Add(edit);
            }
        }

        return await ApplyAsync(root, fold, cancellationToken);
    }

    private async ValueTask<Digest> ApplyAsync(Digest root, EditFold fold, CancellationToken cancellationToken)
    {
        if (fold.Root.IsUntouched)
        {
            return root;
        }

        TreeEntry existing = new("", EntryKind.Directory, false, 0, root);
        TreeEntry? entry = await new TreeWriter(_nodes).ApplyAsync(existing, fold.Root, DataPath.Root, cancellationToken);
        return entry?.Digest ?? await EmptyAsync(cancellationToken);
    }

    private async ValueTask<Digest> MoveAsync(Digest root, MovePath move, CancellationToken cancellationToken)
    {
        TreeEntry entry = move.From.IsRoot ? throw new SlipwayException(ErrorKind.InvalidArgument, "the root cannot be moved", "Name what is in it: /*.")
            : await FindAsync(root, move.From, cancellationToken)
                ?? throw new SlipwayException(ErrorKind.Conflict, $"'{move.From}' cannot be moved: it is not there any more", "See what is there, then try again.");
        return await ApplyAsync(
            root,
            [new DeletePath(move.From), entry.Kind == EntryKind.Directory ? new MergeDirectory(move.Path, entry) : new PutEntry(move.Path, entry)],
            cancellationToken);
    }

    /// <summary>The put that an append stands for, over what is there.</summary>
    private async ValueTask<PutEntry> AppendAsync(Digest root, AppendFile append, CancellationToken cancellationToken)
    {
        if (await FindAsync(root, append.Path, cancellationToken) is not { } present)
        {
            return new PutEntry(append.Path, append.Tail);
        }

        if (present.Kind != EntryKind.File)
        {
            throw new SlipwayException(
                ErrorKind.Conflict, $"'{append.Path}' is a {(present.Kind == EntryKind.Symlink ? "symbolic link" : "directory")}: bytes are appended to a file", "Name another path.");
        }

        await using Stream tail = await blobs.OpenAsync(append.Tail.Digest, cancellationToken);
        BlobInfo whole = await blobs.AppendAsync(present.Digest, tail, cancellationToken);
        return new PutEntry(append.Path, present with { Digest = whole.Digest, Size = whole.Size });
    }

    /// <summary>
    /// The tree after a merge of a directory: taken by its digest where nothing stands there, else by what it has that differs, so many entries at a time that
    /// memory does not hold them all.
    /// </summary>
    private async ValueTask<Digest> ApplyAsync(Digest root, MergeDirectory merge, CancellationToken cancellationToken)
    {
        EditFold fold = new();
        if (await FindAsync(root, merge.Path, cancellationToken) is not { Kind: EntryKind.Directory } present || await CountAsync(present.Digest, cancellationToken) == 0)
        {
            fold.Add(new PutEntry(merge.Path, merge.Directory));
            return await ApplyAsync(root, fold, cancellationToken);
        }

        int folded = 0;
        await foreach (TreeChange change in DiffAsync(present.Digest, merge.Directory.Digest, cancellationToken))
        {
            if (change.After is { } entry)
            {
                fold.Add(new PutEntry(merge.Path.Join(change.Path), entry));
                if (++folded % MostFolded == 0)
                {
                    root = await ApplyAsync(root, fold, cancellationToken);
                    fold = new EditFold();
                }
            }
        }

        return await ApplyAsync(root, fold, cancellationToken);
    }

    /// <summary>
    /// The tree of <paramref name="ours"/> with what <paramref name="theirs"/> changed since <paramref name="basis"/>. The cost is that of what theirs
    /// changed; a folder that only one side changed is taken by its digest, unread.
    /// </summary>
    /// <param name="favor">Whose version counts where both changed a path, each in its own way.</param>
    public ValueTask<MergeOutcome> MergeAsync(Digest basis, Digest ours, Digest theirs, MergeFavor favor, CancellationToken cancellationToken) =>
        new ThreeWayMerge(_nodes, favor).MergeAsync(basis, ours, theirs, cancellationToken);

    /// <summary>Files and symlinks in which two trees differ, in path order. The cost is that of what differs, not of what exists.</summary>
    public IAsyncEnumerable<TreeChange> DiffAsync(Digest before, Digest after, CancellationToken cancellationToken) =>
        new TreeDiff(_nodes).CompareAsync(before, after, cancellationToken);

    /// <summary>
    /// The union of trees. Directories merge; the same path in two trees, even of the same bytes, and a file where another tree has a
    /// directory are conflicts. Without trees the union is the empty directory.
    /// </summary>
    public ValueTask<TreeMerge> MergeAsync(IReadOnlyList<LabelledTree> trees, CancellationToken cancellationToken) =>
        new TreeUnion(_nodes, trees).MergeAsync(cancellationToken);

    /// <summary>The directory of the given entries, which are in byte order of names, one a name.</summary>
    internal async ValueTask<TreeEntry> BuildAsync(string name, IEnumerable<TreeEntry> entries, CancellationToken cancellationToken)
    {
        DirectoryBuilder builder = new(_nodes);
        foreach (TreeEntry entry in entries)
        {
            await builder.AddAsync(entry, cancellationToken);
        }

        NodeReference built = await builder.FinishAsync(cancellationToken);
        return new TreeEntry(name, EntryKind.Directory, false, built.Size, built.Digest);
    }

    /// <summary>Begins a directory whose entries come one by one, in byte order of names.</summary>
    internal DirectoryBuilder Begin() => new(_nodes);

    internal async ValueTask<TreeEntry?> FindChildAsync(Digest directory, string name, CancellationToken cancellationToken)
    {
        TreeNode node = await _nodes.ReadAsync(directory, cancellationToken);
        while (true)
        {
            int at = node.LowerBound(name);
            if (at == node.Items.Count)
            {
                return null;
            }

            if (node.Level == 0)
            {
                return node.Items[at].Name == name ? (TreeEntry)node.Items[at] : null;
            }

            node = await _nodes.ReadAsync(node.Items[at].Digest, cancellationToken);
        }
    }
}
