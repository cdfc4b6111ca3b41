using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>
/// What any manifest says: an image's, an artifact's or an index's, of OCI or of Docker's schema 2. Read leniently: a registry keeps the bytes and needs to know only
/// what they refer to.
/// </summary>
/// <param name="MediaType">As it says itself; else as whoever brought it said.</param>
/// <param name="Config">Null for an index.</param>
/// <param name="Children">The manifests that an index names.</param>
public sealed record ManifestContent(string MediaType, Descriptor? Config, ImmutableArray<Descriptor> Layers, ImmutableArray<Descriptor> Children)
{
    /// <summary>The manifest that this one is about, which need not be there.</summary>
    public Descriptor? Subject { get; init; }

    /// <summary>What kind of artifact it is: what it says, else its config's media type; null for an index that says nothing.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Annotations, sorted by key.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The blobs that a registry must have beside it.</summary>
    public ImmutableArray<Descriptor> Blobs =>
        [.. Layers.Where(layer => !MediaTypes.IsForeign(layer.MediaType)).Concat(Config is null ? [] : [Config]).DistinctBy(blob => blob.Digest)];

    /// <summary>Whether its config claims to be an image's, so that it may run.</summary>
    public bool IsImage => Config?.MediaType is MediaTypes.OciConfig or MediaTypes.DockerConfig;

    /// <summary>Reads a manifest.</summary>
    /// <param name="mediaType">The media type that it came under; null: what it says itself.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not a manifest, or one of another type than it came under.</exception>
    public static ManifestContent Parse(ReadOnlyMemory<byte> json, string? mediaType)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement, mediaType);
        }
        catch (JsonException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the manifest is not JSON: {fault.Message}", innerException: fault);
        }
    }

    private static ManifestContent Read(JsonElement root, string? cameAs)
    {
        if (root.Find("schemaVersion") is not { ValueKind: JsonValueKind.Number } version || !version.TryGetInt32(out int number) || number != 2)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "the manifest's schemaVersion is not 2");
        }

        string? said = root.FindString("mediaType");
        if (said is not null && cameAs is not null && said != cameAs)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the manifest says that it is {said}, but came as {cameAs}");
        }

        string type = said ?? cameAs ?? (root.Find("manifests") is null ? MediaTypes.OciManifest : MediaTypes.OciIndex);
        if (!MediaTypes.IsIndex(type) && !MediaTypes.IsManifest(type))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"manifests of type {type} are not kept here: OCI's and Docker's schema 2 are");
        }

        bool isIndex = MediaTypes.IsIndex(type);
        Descriptor? config = isIndex ? null : DescriptorJson.Read(root.Required("config"), "config");
        return new(type, config, isIndex ? [] : List(root, "layers"), isIndex ? List(root, "manifests") : [])
        {
            Subject = root.Find("subject") is { } subject ? DescriptorJson.Read(subject, "subject") : null,
            ArtifactType = root.FindString("artifactType") is { Length: > 0 } artifactType ? artifactType : config?.MediaType,
            Annotations = root.FindStrings("annotations"),
        };
    }

    private static ImmutableArray<Descriptor> List(JsonElement root, string field) => [.. root.Required(field).Array(field).Select(item => DescriptorJson.Read(item, field))];
}
