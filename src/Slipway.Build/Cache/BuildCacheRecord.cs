using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Cache;

/// <summary>What a step made. Key in the table: the step's key.</summary>
/// <param name="Instruction">For people who look into the cache.</param>
/// <param name="ByContent">Of a step that was asked by the layers that it reads from: its key by the content that it reads.</param>
/// <param name="Used">When it was last an answer, to the day; null: not since it was made.</param>
internal sealed record BuildCacheRecord(
    string MediaType, Digest Layer, long Size, Digest DiffId, string Instruction, DateTimeOffset Created, Digest? ByContent = null, DateTimeOffset? Used = null)
{
    /// <summary>When it was last made or an answer.</summary>
    [JsonIgnore]
    public DateTimeOffset LastUsed => Used ?? Created;

    public Layer ToLayer() => new(new(MediaType, Layer, Size), DiffId);
}

[JsonSerializable(typeof(BuildCacheRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class BuildCacheJson : JsonSerializerContext;
