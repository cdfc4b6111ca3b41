using Slipway.Content.Metadata;

namespace Slipway.Content.Collection;

/// <summary>
/// The rows of one room that name blobs. Every room that keeps a digest of a blob in a row has one; a blob that no source names is garbage.
/// </summary>
public interface IRootSource
{
    /// <summary>What its rows are, for people: <c>images</c>.</summary>
    string Name { get; }

    /// <summary>What the rows name; a digest may come several times.</summary>
    /// <param name="rules">Where given, rows that are dead by these rules are left out, as if they were gone; null: every row counts.</param>
    IAsyncEnumerable<Root> ReadAsync(IMetadataReader reader, CollectionRules? rules, CancellationToken cancellationToken);

    /// <summary>The rows that nothing needs any more.</summary>
    IAsyncEnumerable<DeadRow> ReadDeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken);
}
