using System.Runtime.CompilerServices;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data.Contents;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Hosting;

/// <summary>
/// The roots of a source without those of locked projects, whose trees nobody can read. What keeps their blobs is that <see cref="SealedRoots"/> names
/// every sealed blob that is in an index.
/// </summary>
internal sealed class OpenRoots(IRootSource source, RepoContents contents) : IRootSource
{
    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Root root in source.ReadAsync(reader, rules, cancellationToken))
        {
            if (IsOpen(root))
            {
                yield return root;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeadRow> ReadDeadAsync(
        IMetadataReader reader, CollectionRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (DeadRow row in source.ReadDeadAsync(reader, rules, cancellationToken))
        {
            yield return row.Roots.All(IsOpen) ? row : row with { Roots = [.. row.Roots.Where(IsOpen)] };
        }
    }

    private bool IsOpen(Root root) => root.Repo is not { } repo || contents.Of(RepoName.Parse(repo)).Blobs is not LockedBlobStore;
}
