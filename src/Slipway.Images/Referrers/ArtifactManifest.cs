using System.Buffers;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images.Referrers;

/// <summary>
/// The manifest of a document that is about an image (OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"): an empty configuration, the
/// document as the only layer, the image as subject. The same document about the same image gives the same bytes.
/// </summary>
internal static class ArtifactManifest
{
    /// <summary>The bytes of an empty configuration.</summary>
    public static ReadOnlyMemory<byte> EmptyConfig { get; } = "{}"u8.ToArray();

    /// <param name="subject">The image's manifest.</param>
    /// <param name="content">Where the document is.</param>
    public static byte[] ToJson(Artifact artifact, Descriptor subject, Descriptor content)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, CanonicalJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciManifest);
            json.WriteString("artifactType", artifact.Type);
            json.WritePropertyName("config");
            DescriptorJson.Write(json, new(MediaTypes.Empty, Digest.Of(EmptyConfig.Span), EmptyConfig.Length));
            json.WriteStartArray("layers");
            DescriptorJson.Write(json, content);
            json.WriteEndArray();
            json.WritePropertyName("subject");
            DescriptorJson.Write(json, subject);
            json.WriteStrings("annotations", artifact.Annotations);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
