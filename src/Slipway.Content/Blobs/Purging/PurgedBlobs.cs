using System.Collections.Concurrent;
using System.Globalization;

namespace Slipway.Content.Blobs;

/// <summary>
/// The blobs that were removed from all history on purpose. A store refuses to take one again, and says of a read who purged it and when. Who
/// purges keeps the record and fills this when the store is opened.
/// </summary>
public sealed class PurgedBlobs
{
    private readonly ConcurrentDictionary<Digest, PurgeMark> _marks = new();

    /// <summary>Notes a purge, or a change of one.</summary>
    public void Set(Digest digest, PurgeMark mark) => _marks[digest] = mark;

    /// <summary>What is known of a purged blob; null for any other.</summary>
    public PurgeMark? Find(Digest digest) => _marks.GetValueOrDefault(digest);

    /// <summary>What a read of a blob that is not there says.</summary>
    internal static SlipwayException Missing(Digest digest, PurgeMark? mark) => mark is null
        ? new(ErrorKind.NotFound, $"blob {digest} is not in the store")
        : new(ErrorKind.NotFound, $"blob {digest} was {mark}", "Its bytes are gone from all history: slipway purge list");

    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: the blob was purged, and nobody allowed it again.</exception>
    internal void ThrowIfRefused(Digest digest)
    {
        if (Find(digest) is { Allowed: false } mark)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"these bytes are not taken: blob {digest} was {mark}", $"To allow them again: slipway purge allow {digest}");
        }
    }
}

/// <summary>When, by whom and why a blob was purged.</summary>
/// <param name="Allowed">True where the same bytes may be put again.</param>
public sealed record PurgeMark(DateTimeOffset When, string By, string Reason, bool Allowed)
{
    /// <inheritdoc/>
    public override string ToString() => $"purged on {When.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} by {By}: {Reason}";
}
