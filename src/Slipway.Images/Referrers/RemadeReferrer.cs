using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Images.Repositories;

namespace Slipway.Images.Referrers;

/// <summary>
/// A document about an image, said anew of the same image with other layers: unsigned statements and bills of materials, which hold for the files whatever their
/// packing. Who signed something signed it of one manifest, and what we do not know may be signed. Pure: the same document about the same image gives the same bytes.
/// </summary>
internal static class RemadeReferrer
{
    /// <summary>A document is read into memory; those beyond are left as they are.</summary>
    private const int LargestDocument = 64 << 20;

    /// <summary>Where the document of a referrer is that may be said anew; null where it is another kind of referrer.</summary>
    public static Descriptor? DocumentOf(ManifestContent referrer) =>
        referrer is { ArtifactType: MediaTypes.Statement or MediaTypes.Spdx, Config.MediaType: MediaTypes.Empty, Layers: [var document] }
        && document.MediaType == referrer.ArtifactType && document.Size <= LargestDocument
            ? document
            : null;

    /// <param name="manifest">The referrer's.</param>
    /// <param name="document">Of <see cref="DocumentOf"/>.</param>
    /// <param name="plain">What it is about.</param>
    /// <param name="compressed">What it is to be about.</param>
    /// <returns>Null where the document is not as its type has it, or does not name what it is about.</returns>
    public static (byte[] Manifest, byte[] Document)? Of(ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> document, Digest plain, ManifestRecord compressed)
    {
        if (!IsAsExpected(document, ManifestContent.Parse(manifest, null).ArtifactType, plain)
            || DigestReplacement.Of(document.Span, plain, compressed.Manifest) is not { } made)
        {
            return null;
        }

        try
        {
            JsonObject root = ManifestNodes.Parse(manifest);
            ManifestNodes.Point(root["subject"], compressed.Manifest, compressed.Size);
            ManifestNodes.Point(root["layers"]![0], Digest.Of(made), made.Length);
            foreach ((string name, JsonNode? value) in (root["annotations"] as JsonObject)?.ToArray() ?? [])
            {
                root["annotations"]![name] = value?.GetValue<string>().Replace(plain.Hex, compressed.Manifest.Hex, StringComparison.Ordinal);
            }

            return (ManifestNodes.ToJson(root), made);
        }
        catch (SlipwayException fault) when (fault.Kind == ErrorKind.InvalidArgument)
        {
            return null;
        }
    }

    private static bool IsAsExpected(ReadOnlyMemory<byte> document, string? type, Digest plain)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(document);
            return type == MediaTypes.Statement ? IsStatementAbout(json.RootElement, plain) : json.RootElement.FindString("spdxVersion")?.StartsWith("SPDX-2.", StringComparison.Ordinal) == true;
        }
        catch (Exception fault) when (fault is JsonException or SlipwayException { Kind: ErrorKind.InvalidArgument })
        {
            return false;
        }
    }

    /// <summary>In-toto attestation, spec/v1/statement.md: its type, and subjects with digests by algorithm.</summary>
    private static bool IsStatementAbout(JsonElement root, Digest plain) =>
        root.FindString("_type")?.StartsWith("https://in-toto.io/Statement/", StringComparison.Ordinal) == true
        && root.Required("subject").Array("subject").Any(subject => subject.FindStrings("digest").GetValueOrDefault("sha256") == plain.Hex);
}
