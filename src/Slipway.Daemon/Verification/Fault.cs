using System.Collections.Immutable;

namespace Slipway.Daemon.Verification;

/// <summary>Something that a verification found wrong.</summary>
/// <param name="Kind">What it is: a blob, a pack, an index, a record, a commit.</param>
/// <param name="What">Which one: a digest, a file, a table with a key.</param>
/// <param name="Why">What is wrong with it.</param>
internal sealed record Fault(string Kind, string What, string Why)
{
    /// <summary>The files of commits that it hits, the first ones.</summary>
    public ImmutableArray<string> Hits { get; init; } = [];

    /// <summary>How many it hits besides.</summary>
    public long MoreHits { get; init; }

    /// <summary>True where it was mended.</summary>
    public bool Repaired { get; init; }

    /// <summary>How it was mended, or why not; null where nobody asked.</summary>
    public string? Note { get; init; }
}
