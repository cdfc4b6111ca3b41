using Slipway.Content;
using Slipway.Data.Trees;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>The tree and the index of one folder while it is scanned: both grow run by run, so memory holds a node and a page of them.</summary>
/// <param name="present">The directory that the repo has at this place; null: none.</param>
internal sealed class FolderDraft(TreeStore trees, ScanIndexWriter.Folder index, Digest? present) : IAsyncDisposable
{
    private readonly DirectoryBuilder _builder = trees.Begin();
    private IAsyncEnumerator<TreeEntry>? _beside;
    private bool _isBesideLeft;

    /// <summary>The directory that the repo has at this place; null: none.</summary>
    public Digest? Present => present;

    /// <summary>Whether anything was added.</summary>
    public bool HasAny { get; private set; }

    /// <summary>Whether the repo has just this content at this place. Names are asked for in their order.</summary>
    public async ValueTask<bool> IsPresentAsync(string name, Digest digest, CancellationToken cancellationToken)
    {
        if (present is not { } directory)
        {
            return false;
        }

        if (_beside is null)
        {
            _beside = trees.ListAsync(directory, null, cancellationToken).GetAsyncEnumerator(cancellationToken);
            _isBesideLeft = await _beside.MoveNextAsync();
        }

        while (_isBesideLeft && NameOrder.Compare(_beside.Current.Name, name) < 0)
        {
            _isBesideLeft = await _beside.MoveNextAsync();
        }

        return _isBesideLeft && _beside.Current.Digest == digest && _beside.Current.Name == name;
    }

    /// <summary>Adds the entries that follow. Folders that hold no file stay out of the tree.</summary>
    public async ValueTask AddAsync(ReadOnlyMemory<ScannedEntry> entries, string[] names, CancellationToken cancellationToken)
    {
        HasAny = true;
        index.Add(entries.Span);
        for (int i = 0; i < entries.Length; i++)
        {
            ScannedEntry entry = entries.Span[i];
            if (entry.Kind != ScannedKind.Directory || entry.Size > 0 || entry.Digest != TreeNode.EmptyDigest)
            {
                await _builder.AddAsync(entry.ToTreeEntry(names[i]), cancellationToken);
            }
        }
    }

    /// <summary>Ends both; the directory's entry.</summary>
    public async ValueTask<TreeEntry> CompleteAsync(string name, CancellationToken cancellationToken)
    {
        NodeReference built = await _builder.FinishAsync(cancellationToken);
        index.Complete(built.Digest, built.Size);
        return new TreeEntry(name, EntryKind.Directory, false, built.Size, built.Digest);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _beside?.DisposeAsync() ?? ValueTask.CompletedTask;
}
