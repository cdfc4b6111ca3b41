using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Build.Inventory.Spdx;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Referrers;

namespace Slipway.Build.Inventory;

/// <summary>The bill of materials, held against the field list of SPDX 2.3's JSON schema.</summary>
public sealed class SpdxDocumentTests
{
    private static readonly string[] DocumentFields = ["spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "relationships"];

    private static readonly HashSet<string> PackageFields =
    [
        "SPDXID", "annotations", "attributionTexts", "builtDate", "checksums", "comment", "copyrightText", "description", "downloadLocation", "externalRefs", "filesAnalyzed",
        "hasFiles", "homepage", "licenseComments", "licenseConcluded", "licenseDeclared", "licenseInfoFromFiles", "name", "originator", "packageFileName",
        "packageVerificationCode", "primaryPackagePurpose", "releaseDate", "sourceInfo", "summary", "supplier", "validUntilDate", "versionInfo",
    ];

    private static readonly ImmutableArray<Package> Packages =
    [
        new(PackageKind.Deb, "libc6", "2.36-9", "var/lib/dpkg/status") { Architecture = "amd64", Maintainer = "GNU <a@b>", SourcePackage = "glibc", Homepage = "https://www.gnu.org" },
        new(PackageKind.Deb, "libc6", "2.36-9", "var/lib/dpkg/status") { Architecture = "i386" },
        new(PackageKind.Python, "num_py", "1", "a/METADATA") { License = "BSD-3-Clause AND (MIT OR Apache-2.0 WITH LLVM-exception)" },
        new(PackageKind.Npm, "@s/p", "1", "b/package.json") { License = "SEE LICENSE IN x", Homepage = "not an address" },
        new(PackageKind.Rpm, "bash", "1-2", "db") { Vendor = "Rocky\nLinux" },
    ];

    [Fact]
    public void It_has_the_fields_that_are_required_and_none_that_is_not_defined()
    {
        using JsonDocument document = JsonDocument.Parse(Bill.Content);
        JsonElement root = document.RootElement;
        Assert.Equal(DocumentFields.Order(), root.EnumerateObject().Select(field => field.Name).Order());
        Assert.Equal(("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"), (Text(root, "spdxVersion"), Text(root, "dataLicense"), Text(root, "SPDXID")));
        Assert.True(Uri.TryCreate(Text(root, "documentNamespace"), UriKind.Absolute, out Uri? space) && space.Fragment.Length == 0);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", Text(root.GetProperty("creationInfo"), "created"));
        Assert.Matches("^Tool: slipway-", root.GetProperty("creationInfo").GetProperty("creators")[0].GetString());

        JsonElement[] packages = [.. root.GetProperty("packages").EnumerateArray()];
        Assert.Equal(Packages.Length + 1, packages.Length);
        Assert.All(packages, package =>
        {
            Assert.All(package.EnumerateObject(), field => Assert.Contains(field.Name, PackageFields));
            Assert.All((string[])["SPDXID", "name", "downloadLocation"], field => Assert.True(package.TryGetProperty(field, out _)));
            Assert.Matches("^SPDXRef-[a-zA-Z0-9.-]+$", Text(package, "SPDXID"));
            Assert.False(package.GetProperty("filesAnalyzed").GetBoolean());
            Assert.Matches("^(NOASSERTION|(Person|Organization): .+)$", Text(package, "supplier"));
        });
        Assert.Equal(packages.Length, packages.Select(package => Text(package, "SPDXID")).Distinct().Count());
        string[] ids = [.. packages.Select(package => Text(package, "SPDXID"))];
        JsonElement[] relationships = [.. root.GetProperty("relationships").EnumerateArray()];
        Assert.Equal("SPDXRef-DOCUMENT DESCRIBES " + ids[0], Line(relationships[0]));
        Assert.Equal(ids[1..].Select(id => $"{ids[0]} CONTAINS {id}"), relationships[1..].Select(Line));
    }

    [Fact]
    public void A_package_has_a_package_url_and_a_license_where_it_is_a_term_of_spdx()
    {
        using JsonDocument document = JsonDocument.Parse(Bill.Content);
        JsonElement[] packages = [.. document.RootElement.GetProperty("packages").EnumerateArray()];

        Assert.Equal(
            ["pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12", "pkg:deb/debian/libc6@2.36-9?arch=i386&distro=debian-12", "pkg:pypi/num-py@1", "pkg:npm/%40s/p@1", "pkg:rpm/debian/bash@1-2?distro=debian-12"],
            packages[1..].Select(package => Text(package.GetProperty("externalRefs")[0], "referenceLocator")));
        Assert.Equal("Person: GNU (a@b)", Text(packages[1], "originator"));
        Assert.Equal("listed in /var/lib/dpkg/status, made from the source package glibc", Text(packages[1], "sourceInfo"));
        Assert.Equal("BSD-3-Clause AND (MIT OR Apache-2.0 WITH LLVM-exception)", Text(packages[3], "licenseDeclared"));
        Assert.Equal(("NOASSERTION", "The package says: SEE LICENSE IN x"), (Text(packages[4], "licenseDeclared"), Text(packages[4], "licenseComments")));
        Assert.False(packages[4].TryGetProperty("homepage", out _));
        Assert.Equal("Organization: Rocky Linux", Text(packages[5], "supplier"));
    }

    [Fact]
    public void The_same_image_has_the_same_bill() => Assert.True(Bill.Content.Span.SequenceEqual(Bill.Content.Span));

    [Theory]
    [InlineData("MIT", true)]
    [InlineData("(MIT OR Apache-2.0) AND BSD-3-Clause", true)]
    [InlineData("GPL-2.0-or-later WITH Classpath-exception-2.0", true)]
    [InlineData("MIT License", false)]
    [InlineData("mit", false)]
    [InlineData("MIT OR", false)]
    [InlineData("(MIT", false)]
    [InlineData("MIT)", false)]
    [InlineData("MIT WITH", false)]
    [InlineData("MIT WITH MIT", false)]
    [InlineData("", false)]
    public void A_license_is_declared_where_every_word_is_known(string text, bool expected) => Assert.Equal(expected, LicenseExpression.IsValid(text));

    [Fact]
    public void A_nest_of_parentheses_is_no_license() => Assert.False(LicenseExpression.IsValid(new string('(', 100_000) + "MIT"));

    private static Artifact Bill => SpdxDocument.Of(
        new(Digest.Of("image"), Digest.Of("config"), new ImageConfig { Created = "2024-05-01T10:00:00.123Z" }, ImmutableArray<Layer>.Empty), new("debian", "12", "Debian 12"), Packages);

    private static string Line(JsonElement relationship) =>
        $"{Text(relationship, "spdxElementId")} {Text(relationship, "relationshipType")} {Text(relationship, "relatedSpdxElement")}";

    private static string Text(JsonElement element, string field) => element.GetProperty(field).GetString()!;
}
