using System.Runtime.CompilerServices;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data.Trees;

namespace Slipway.Data.Commits;

/// <summary>The trees of commits, and what the journals of open ones put.</summary>
public sealed class CommitRoots : IRootSource
{
    /// <summary>What it is called among the sources.</summary>
    public const string SourceName = "commits";

    private readonly Table<Commit> _commits = new("commits", CommitJson.Default.Commit);
    private readonly Table<JournalPage> _pages = new("commit-journal", CommitJson.Default.JournalPage);

    /// <inheritdoc/>
    public string Name => SourceName;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, Commit commit) in _commits.ScanAsync(reader, null, cancellationToken))
        {
            if (commit.Tree is { } tree && !(rules?.Drops(commit.Reference.ToString()) ?? false))
            {
                yield return new Root(RootKind.Tree, tree, commit.Repo.ToString());
            }
        }

        await foreach ((string key, JournalPage page) in _pages.ScanAsync(reader, null, cancellationToken))
        {
            string repo = key[..key.IndexOf(TableKey.Separator, StringComparison.Ordinal)];
            foreach (TreeEntry entry in page.Edits.Select(edit => edit.Entry).OfType<TreeEntry>())
            {
                yield return new Root(entry.Kind == EntryKind.Directory ? RootKind.Tree : RootKind.Blob, entry.Digest, repo);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>None: a commit goes when somebody says so.</remarks>
    public IAsyncEnumerable<DeadRow> ReadDeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DeadRow>();
}
