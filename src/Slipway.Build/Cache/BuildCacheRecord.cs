using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Cache;

/// <summary>What a step made. Key in the table: the step's key.</summary>
/// <param name="Instruction">For people who look into the cache.</param>
internal sealed record BuildCacheRecord(string MediaType, Digest Layer, long Size, Digest DiffId, string Instruction, DateTimeOffset Created)
{
    public Layer ToLayer() => new(new(MediaType, Layer, Size), DiffId);
}

[JsonSerializable(typeof(BuildCacheRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class BuildCacheJson : JsonSerializerContext;
