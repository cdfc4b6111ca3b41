using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Purging;

/// <summary>What the metadata keeps of a purged blob, for good. Key: its hex.</summary>
/// <param name="Uses">The files of commits that had it, the first ones.</param>
/// <param name="MoreUses">How many had it besides.</param>
/// <param name="AllowedBy">Who allowed the same bytes again; null while they are refused.</param>
internal sealed record PurgeRecord(
    Digest Digest, long Size, DateTimeOffset When, string By, string Reason, ImmutableArray<string> Uses, long MoreUses, string? AllowedBy)
{
    /// <summary>What is still to be erased; null once it is proven that nothing is left. Whoever purges the blob again does the rest.</summary>
    public PurgeRemains? Remains { get; init; }

    /// <summary>As the blob store tells it.</summary>
    [JsonIgnore]
    public PurgeMark Mark => new(When, By, Reason, AllowedBy is not null);
}

/// <summary>
/// The other names under which a blob's bytes may stand in the store's files. They are written down before the first of them goes: what led from the blob
/// to them goes early in a purge, so after a crash nobody could tell.
/// </summary>
/// <param name="Sealed">Its sealed forms.</param>
/// <param name="Sources">The blobs that it was composed of, which others may need.</param>
internal sealed record PurgeRemains(ImmutableArray<Digest> Sealed, ImmutableArray<Digest> Sources);

/// <summary>A record and where it stands: under keys of encrypted projects, or where there is none under its digest.</summary>
internal sealed record PurgeRow(PurgeRecord Record, ImmutableArray<string> SealedKeys);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PurgeRecord))]
internal sealed partial class PurgeJson : JsonSerializerContext;
