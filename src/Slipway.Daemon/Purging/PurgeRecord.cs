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
    /// <summary>As the blob store tells it.</summary>
    [JsonIgnore]
    public PurgeMark Mark => new(When, By, Reason, AllowedBy is not null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PurgeRecord))]
internal sealed partial class PurgeJson : JsonSerializerContext;
