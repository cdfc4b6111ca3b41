using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>A manifest as nodes of JSON: what it points to is changed, and whatever else it says stays in it.</summary>
internal static class ManifestNodes
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is no object, or says a field twice, so that nobody knows which one counts.</exception>
    public static JsonObject Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(json.Span, null, Strict) as JsonObject ?? throw new SlipwayException(ErrorKind.InvalidArgument, "the manifest is no object");
        }
        catch (JsonException fault)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"the manifest cannot be made anew: {fault.Message}", "slipway push --compression none sends it as it is.", fault);
        }
    }

    /// <summary>Lets a descriptor mean other content. What it says of the bytes alone, a copy of them and where else they are, goes.</summary>
    public static void Point(JsonNode? descriptor, Digest digest, long size)
    {
        JsonObject fields = descriptor!.AsObject();
        fields["digest"] = digest.ToString();
        fields["size"] = size;
        fields.Remove("data");
        fields.Remove("urls");
    }

    /// <summary>Without white space, the fields in the order in which they were.</summary>
    public static byte[] ToJson(JsonObject manifest)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, CanonicalJson.Options))
        {
            manifest.WriteTo(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
