using System.Text.Json;

namespace Slipway.Build.Inventory.Spdx;

/// <summary>One package of a bill of materials (SPDX 2.3, clause 7).</summary>
internal static class SpdxPackage
{
    private const string Unknown = "NOASSERTION";

    public static void Write(Utf8JsonWriter json, Package package, string url, string id)
    {
        string? license = package.License is { } text && LicenseExpression.IsValid(text) ? text : null;
        json.WriteStartObject();
        json.WriteString("SPDXID", id);
        json.WriteString("name", package.Name);
        json.WriteString("versionInfo", package.Version);
        json.WriteString("downloadLocation", IsAddress(package.Download) ? package.Download : Unknown);
        json.WriteBoolean("filesAnalyzed", false);
        json.WriteString("licenseConcluded", Unknown);
        json.WriteString("licenseDeclared", license ?? Unknown);
        if (license is null && package.License is { } said)
        {
            json.WriteString("licenseComments", $"The package says: {said}");
        }

        json.WriteString("copyrightText", Unknown);
        json.WriteString("supplier", package.Vendor is { } vendor ? $"Organization: {OneLine(vendor)}" : Unknown);
        if (package.Maintainer is { } maintainer)
        {
            json.WriteString("originator", $"Person: {Person(maintainer)}");
        }

        if (IsAddress(package.Homepage))
        {
            json.WriteString("homepage", package.Homepage);
        }

        json.WriteString("sourceInfo", $"listed in /{package.Location}{(package.SourcePackage is { } source ? $", made from the source package {source}" : "")}");
        json.WriteStartArray("externalRefs");
        json.WriteStartObject();
        json.WriteString("referenceCategory", "PACKAGE-MANAGER");
        json.WriteString("referenceType", "purl");
        json.WriteString("referenceLocator", url);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // "Name <address>" is "Name (address)" in SPDX.
    private static string Person(string text) => OneLine(text).Replace('<', '(').Replace('>', ')');

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private static bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeFtp);
}
