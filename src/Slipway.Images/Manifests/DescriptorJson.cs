using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>Reads descriptors leniently and writes them in the specification's order.</summary>
public static class DescriptorJson
{
    /// <param name="field">Where the descriptor stands, for the message.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not a descriptor; names the field.</exception>
    internal static Descriptor Read(JsonElement element, string field) => new(
        element.FindString("mediaType") ?? throw CanonicalJson.Missing(field + ".mediaType"),
        Digest.Parse(element.FindString("digest") ?? throw CanonicalJson.Missing(field + ".digest")),
        element.Required("size") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long size) && size >= 0 ? size : throw CanonicalJson.Missing(field + ".size"))
    {
        Annotations = element.FindStrings("annotations"),
        ArtifactType = element.FindString("artifactType"),
        Platform = element.Find("platform") is { } platform
            ? new Platform(platform.FindString("os") ?? "", platform.FindString("architecture") ?? "", platform.FindString("variant") is { Length: > 0 } variant ? variant : null)
            : null,
    };

    /// <summary>Writes one as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, Descriptor descriptor)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", descriptor.MediaType);
        json.WriteString("digest", descriptor.Digest.ToString());
        json.WriteNumber("size", descriptor.Size);
        if (descriptor.ArtifactType is { } artifactType)
        {
            json.WriteString("artifactType", artifactType);
        }

        json.WriteStrings("annotations", descriptor.Annotations);
        if (descriptor.Platform is { } platform)
        {
            json.WriteStartObject("platform");
            json.WriteString("architecture", platform.Architecture);
            json.WriteString("os", platform.Os);
            if (platform.Variant is { } variant)
            {
                json.WriteString("variant", variant);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
