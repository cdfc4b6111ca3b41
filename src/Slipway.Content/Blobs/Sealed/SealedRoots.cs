using System.Runtime.CompilerServices;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;

namespace Slipway.Content.Blobs.Sealed;

/// <summary>
/// Every sealed blob that a row of an index tells of, also of projects whose keys are not here. What makes sealed content garbage is the removal
/// of its row; of which rows that is, a collection finds out by the plain digests that the project's trees reach.
/// </summary>
public sealed class SealedRoots : IRootSource
{
    /// <summary>What its rows are, for people.</summary>
    public const string SourceName = "blobs of encrypted projects";

    /// <inheritdoc/>
    public string Name => SourceName;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, byte[] row) in reader.ScanAsync(SealedIndex.Table, null, null, cancellationToken))
        {
            yield return new Root(RootKind.Blob, SealedRow.SealedOf(row));
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DeadRow> ReadDeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DeadRow>();
}
