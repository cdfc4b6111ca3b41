using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Daemon.Registry.Uploads;

/// <summary>A blob that is being sent to a repository. Key: its id.</summary>
internal sealed record BlobUpload(string Id, string Domain, string Path, DateTimeOffset Started);

/// <summary>Bytes of an upload that have come, kept as a blob of their own. Key: the upload's id, then the offset.</summary>
internal sealed record UploadChunk(Digest Digest, long Offset, long Length)
{
    /// <summary>Where the next one begins.</summary>
    [JsonIgnore]
    public long End => Offset + Length;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BlobUpload))]
[JsonSerializable(typeof(UploadChunk))]
internal sealed partial class UploadJson : JsonSerializerContext;
