using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>What the metadata keeps of an image, enough to list, name and collect without reading its blobs. Key: the manifest's hex.</summary>
internal sealed record ImageRecord(Digest Manifest, Digest Config, ImmutableArray<Digest> Layers, DateTimeOffset Created);

/// <summary>Which manifest a name means. Key: domain, repository and tag.</summary>
internal sealed record TagRecord(Digest Manifest, DateTimeOffset Created);

/// <summary>Something besides an image that needs a layer. Key: the layer's hex, then the user's name.</summary>
internal sealed record LayerUseRecord(string User);

[JsonSerializable(typeof(ImageRecord))]
[JsonSerializable(typeof(TagRecord))]
[JsonSerializable(typeof(LayerUseRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ImageRecordJson : JsonSerializerContext;
