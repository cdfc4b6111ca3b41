using System.Runtime.CompilerServices;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data.Contents;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Hosting;

/// <summary>
/// The roots of a source without those of encrypted projects: the shared store holds their blobs under other digests, which
/// <see cref="SealedRoots"/> names, also where a project is locked.
/// </summary>
internal sealed class PlainRoots(IRootSource source, RepoContents contents) : IRootSource
{
    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Root root in source.ReadAsync(reader, rules, cancellationToken))
        {
            if (root.Repo is not { } repo || !contents.Of(RepoName.Parse(repo)).IsSealed)
            {
                yield return root;
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DeadRow> ReadDeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken) =>
        source.ReadDeadAsync(reader, rules, cancellationToken);
}
