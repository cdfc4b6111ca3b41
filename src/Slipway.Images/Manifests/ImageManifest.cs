using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>
/// An image's manifest: which config and which layers, bottom first (OCI image specification, manifest.md). The store keeps a manifest's bytes as they
/// came; <see cref="ToJson"/> is for manifests that are made here, and gives the same bytes for the same value.
/// </summary>
public sealed record ImageManifest(Descriptor Config, ImmutableArray<Descriptor> Layers)
{
    /// <summary>The media type that the manifest states, or OCI's where it states none.</summary>
    public string MediaType { get; init; } = MediaTypes.OciManifest;

    /// <summary>Annotations, sorted by key.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Reads a manifest of OCI or of Docker's schema 2.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not such a manifest; the message names the field.</exception>
    public static ImageManifest Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            string mediaType = root.FindString("mediaType") ?? MediaTypes.OciManifest;
            if (mediaType is not (MediaTypes.OciManifest or MediaTypes.DockerManifest))
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"a manifest of type {mediaType} is not an image's manifest");
            }

            return new(DescriptorJson.Read(root.Required("config"), "config"), [.. root.Required("layers").Array("layers").Select(layer => DescriptorJson.Read(layer, "layers"))])
            {
                MediaType = mediaType,
                Annotations = root.FindStrings("annotations"),
            };
        }
        catch (JsonException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the manifest is not JSON: {fault.Message}", innerException: fault);
        }
    }

    /// <summary>The canonical bytes: fields in the specification's order, no white space.</summary>
    public byte[] ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, CanonicalJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaType);
            json.WritePropertyName("config");
            DescriptorJson.Write(json, Config);
            json.WriteStartArray("layers");
            foreach (Descriptor layer in Layers)
            {
                DescriptorJson.Write(json, layer);
            }

            json.WriteEndArray();
            json.WriteStrings("annotations", Annotations);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
