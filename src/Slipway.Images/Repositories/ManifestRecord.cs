using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Images.Repositories;

/// <summary>That a repository has a manifest, and what it refers to. Key: domain, path and the manifest's hex.</summary>
/// <param name="Size">Of the manifest itself, in bytes.</param>
/// <param name="Blobs">Its config and layers, but those that are kept elsewhere.</param>
/// <param name="Children">The manifests that an index names.</param>
public sealed record ManifestRecord(
    Digest Manifest,
    string MediaType,
    long Size,
    string? ArtifactType,
    Digest? Subject,
    ImmutableArray<Digest> Blobs,
    ImmutableArray<Digest> Children,
    ImmutableSortedDictionary<string, string> Annotations,
    DateTimeOffset Added)
{
    /// <summary>The record of a manifest that is stored.</summary>
    public static ManifestRecord Of(Digest manifest, long size, ManifestContent content, DateTimeOffset added) => new(
        manifest,
        content.MediaType,
        size,
        content.ArtifactType,
        content.Subject?.Digest,
        [.. content.Blobs.Select(blob => blob.Digest)],
        [.. content.Children.Select(child => child.Digest)],
        content.Annotations,
        added);

    /// <summary>What it keeps alive: itself, and its blobs.</summary>
    [JsonIgnore]
    public IEnumerable<Digest> Kept => [Manifest, .. Blobs];
}

/// <summary>That a repository has a blob. Key: domain, path and the blob's hex.</summary>
/// <param name="Renewed">When it was last sent, mounted or looked for; long ago where the last manifest that named it is gone.</param>
public sealed record BlobRecord(Digest Blob, long Size, DateTimeOffset Renewed);

/// <summary>That a manifest is about another. Key: domain, path, the subject's hex, the referrer's hex.</summary>
internal sealed record ReferrerRecord(Digest Referrer);

[JsonSerializable(typeof(ManifestRecord))]
[JsonSerializable(typeof(BlobRecord))]
[JsonSerializable(typeof(ReferrerRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RepositoryJson : JsonSerializerContext;
