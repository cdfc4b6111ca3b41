using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Referrers;

namespace Slipway.Build.Inventory.Spdx;

/// <summary>A bill of materials as SPDX 2.3 writes it in JSON (spdx.github.io/spdx-spec/v2.3). Pure, and without a clock: it is a function of the image.</summary>
internal static class SpdxDocument
{
    /// <summary>The media type of such a document, and the type of the artifact that carries it.</summary>
    public const string MediaType = MediaTypes.Spdx;

    private const string Unknown = "NOASSERTION";
    private const string ImageId = "SPDXRef-Image";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="packages">In the order in which they are listed.</param>
    public static Artifact Of(Image image, ImageSystem system, ImmutableArray<Package> packages)
    {
        (Package Package, string Url, string Id)[] listed = [.. packages.Select(package => (package, PackageUrl.Of(package, system), IdOf(package)))];
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("spdxVersion", "SPDX-2.3");
            json.WriteString("dataLicense", "CC0-1.0");
            json.WriteString("SPDXID", "SPDXRef-DOCUMENT");
            json.WriteString("name", image.Digest.ToString());
            json.WriteString("documentNamespace", $"https://slipway.dev/spdx/{ImageBuilder.Version}/{image.Digest.Hex}");
            json.WriteStartObject("creationInfo");
            json.WriteString("created", CreatedOf(image));
            json.WriteStartArray("creators");
            json.WriteStringValue($"Tool: slipway-{ImageBuilder.Version}");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("packages");
            WriteImage(json, image, system);
            foreach ((Package package, string url, string id) in listed)
            {
                SpdxPackage.Write(json, package, url, id);
            }

            json.WriteEndArray();
            json.WriteStartArray("relationships");
            WriteRelationship(json, "SPDXRef-DOCUMENT", "DESCRIBES", ImageId);
            foreach ((_, _, string id) in listed)
            {
                WriteRelationship(json, ImageId, "CONTAINS", id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new(MediaType, buffer.WrittenMemory)
        {
            Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(ImageBuilder.BuilderAnnotation, "slipway/" + ImageBuilder.Version),
        };
    }

    private static void WriteImage(Utf8JsonWriter json, Image image, ImageSystem system)
    {
        json.WriteStartObject();
        json.WriteString("SPDXID", ImageId);
        json.WriteString("name", "image");
        json.WriteString("versionInfo", image.Digest.ToString());
        json.WriteString("primaryPackagePurpose", "CONTAINER");
        json.WriteString("downloadLocation", Unknown);
        json.WriteBoolean("filesAnalyzed", false);
        json.WriteString("licenseConcluded", Unknown);
        json.WriteString("licenseDeclared", Unknown);
        json.WriteString("copyrightText", Unknown);
        json.WriteString("supplier", Unknown);
        if (system.Name is { } name)
        {
            json.WriteString("comment", $"Its files are of {name}.");
        }

        json.WriteStartArray("checksums");
        json.WriteStartObject();
        json.WriteString("algorithm", "SHA256");
        json.WriteString("checksumValue", image.Digest.Hex);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRelationship(Utf8JsonWriter json, string from, string type, string to)
    {
        json.WriteStartObject();
        json.WriteString("spdxElementId", from);
        json.WriteString("relationshipType", type);
        json.WriteString("relatedSpdxElement", to);
        json.WriteEndObject();
    }

    // Letters, digits, dots and dashes are allowed; what else tells two packages apart is in the digest.
    private static string IdOf(Package package)
    {
        string name = string.Concat(package.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '-'));
        string rest = string.Join('\n', package.Name, package.Version, package.Architecture, package.Location);
        return $"SPDXRef-Package-{package.Kind.ToString().ToLowerInvariant()}-{name}-{Digest.Of(rest).Short}";
    }

    private static string CreatedOf(Image image)
    {
        DateTimeOffset created = DateTimeOffset.TryParse(image.Config.Created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : ReproducibleTime.Default;
        return created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
