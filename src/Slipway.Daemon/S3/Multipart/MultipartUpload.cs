using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Daemon.S3.Objects;

namespace Slipway.Daemon.S3.Multipart;

/// <summary>An object that is sent in parts, and that nobody sees before it is complete.</summary>
/// <param name="Metadata">What was said of it when it was begun.</param>
internal sealed record MultipartUpload(string Id, string Repo, string Branch, string Key, DateTimeOffset Started, ObjectMetadata? Metadata);

/// <summary>One part of an upload: bytes that were sent, or a range of an object that was there.</summary>
/// <param name="Number">1 to 10,000: where in the object it stands among the others.</param>
/// <param name="Digest">The blob that has the bytes.</param>
/// <param name="Offset">The first of them.</param>
internal sealed record UploadedPart(int Number, Digest Digest, long Offset, long Length, DateTimeOffset Modified)
{
    /// <summary>A sent part's is that of an object of its bytes.</summary>
    [JsonIgnore]
    public string ETag => Offset == 0 ? S3Objects.ETag(Digest) : S3Objects.ETag(Digest.Of($"{Digest} {Offset} {Length}"));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MultipartUpload))]
[JsonSerializable(typeof(UploadedPart))]
internal sealed partial class MultipartJson : JsonSerializerContext;
