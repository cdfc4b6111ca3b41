namespace Slipway.Content.Metadata;

/// <summary>Something wrong that a check of the metadata found.</summary>
/// <param name="Table">The table of a damaged record; null where the database's own structure is damaged.</param>
/// <param name="Key">Its key.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Sum">The sum that stands beside a damaged record.</param>
public sealed record MetadataFault(string? Table, string? Key, string Fault, ReadOnlyMemory<byte> Sum = default);

/// <summary>What a check of the metadata came to.</summary>
/// <param name="Records">How many records were read.</param>
public sealed record MetadataCheck(long Records, IReadOnlyList<MetadataFault> Faults);
