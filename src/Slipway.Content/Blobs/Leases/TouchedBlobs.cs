namespace Slipway.Content.Blobs;

/// <summary>The blobs that were put or found during one generation of leases.</summary>
internal sealed class TouchedBlobs(long generation)
{
    private PrefixSet? _digests = new();

    /// <summary>Which generation.</summary>
    public long Generation { get; } = generation;

    /// <summary>How much memory it takes, in digests.</summary>
    public int Count => _digests?.Count ?? 0;

    /// <summary>True where nothing was noted.</summary>
    public bool IsEmpty => _digests is { Count: 0 };

    public void Add(Digest digest) => _digests?.Add(digest);

    public bool Contains(Digest digest) => _digests is null || _digests.Contains(digest);

    /// <summary>Gives its memory up, and says yes to every digest from now on: nothing is swept until the generation ends.</summary>
    public void Overflow() => _digests = null;
}
