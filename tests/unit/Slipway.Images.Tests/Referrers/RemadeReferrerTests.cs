using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Images.Repositories;

namespace Slipway.Images.Referrers;

/// <summary>Which documents are said anew of a compressed image, and what becomes of their manifests.</summary>
public sealed class RemadeReferrerTests
{
    private const string Statement = """{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"H"}}],"predicate":{"of":"H"}}""";
    private const string Bill = """{ "spdxVersion": "SPDX-2.3", "name": "sha256:H", "packages": [ { "checksums": [ { "checksumValue": "H" } ] } ] }""";

    private static readonly Digest Plain = Digest.Of("plain");

    private static readonly ManifestRecord Compressed =
        new(Digest.Of("compressed"), MediaTypes.OciManifest, 777, null, null, [], [], ImmutableSortedDictionary<string, string>.Empty, DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData(MediaTypes.Statement, Statement)]
    [InlineData(MediaTypes.Spdx, Bill)]
    public void Statements_and_bills_are_said_anew_and_the_rest_of_their_manifests_stays(string type, string text)
    {
        byte[] document = Document(text);
        JsonObject manifest = ManifestOf(type, document);
        manifest["more"] = new JsonObject { ["says"] = "éß+<" };
        manifest["subject"]!["data"] = "bWFuaWZlc3Q=";
        manifest["annotations"] = new JsonObject { ["about"] = "sha256:" + Plain.Hex, ["other"] = "stays" };

        (byte[] made, byte[] said) = Remake(manifest, document)!.Value;

        Assert.Equal(text.Replace("H", Compressed.Manifest.Hex, StringComparison.Ordinal), Encoding.UTF8.GetString(said));
        manifest["subject"] = new JsonObject { ["mediaType"] = MediaTypes.OciManifest, ["digest"] = Compressed.Manifest.ToString(), ["size"] = 777 };
        manifest["layers"]![0]!["digest"] = Digest.Of(said).ToString();
        manifest["annotations"]!["about"] = Compressed.Manifest.ToString();
        Assert.True(JsonNode.DeepEquals(manifest, JsonNode.Parse(made)), Encoding.UTF8.GetString(made));
        Assert.Contains("éß+<", Encoding.UTF8.GetString(made), StringComparison.Ordinal);
        Assert.Equal(made, Remake(manifest: JsonNode.Parse(ManifestNodes.ToJson(Before(manifest, document)))!.AsObject(), document)!.Value.Manifest);
    }

    [Theory]
    [InlineData(MediaTypes.Statement, """{"payloadType":"application/vnd.in-toto+json","payload":"H","signatures":[]}""")]
    [InlineData(MediaTypes.Statement, """{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"other"}}],"predicate":{"of":"H"}}""")]
    [InlineData(MediaTypes.Statement, """{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha512":"H"}}]}""")]
    [InlineData(MediaTypes.Statement, """{"_type":"https://in-toto.io/Statement/v1","subject":"H"}""")]
    [InlineData(MediaTypes.Statement, """{"_type":1,"subject":[{"digest":{"sha256":"H"}}]}""")]
    [InlineData(MediaTypes.Statement, "[\"H\"]")]
    [InlineData(MediaTypes.Statement, "H")]
    [InlineData(MediaTypes.Statement, "")]
    [InlineData(MediaTypes.Spdx, """{"spdxVersion":"SPDX-2.3","name":"an image"}""")]
    [InlineData(MediaTypes.Spdx, """{"@context":"https://spdx.org/rdf/3.0.1","name":"H"}""")]
    [InlineData(MediaTypes.Spdx, """{"spdxVersion":"SPDX-2.3","name":"H" """)]
    public void A_document_that_is_not_as_its_type_has_it_stays(string type, string text)
    {
        byte[] document = Document(text);
        Assert.Null(Remake(ManifestOf(type, document), document));
    }

    [Fact]
    public void Other_kinds_of_referrers_stay()
    {
        byte[] document = Document(Statement);
        foreach (Action<JsonObject> change in (Action<JsonObject>[])
        [
            manifest => manifest["artifactType"] = "application/vnd.example.note",
            manifest => manifest["artifactType"] = "application/vnd.dev.cosign.artifact.sig.v1+json",
            manifest => manifest["config"]!["mediaType"] = MediaTypes.OciConfig,
            manifest => manifest["layers"]![0]!["mediaType"] = "application/vnd.dsse.envelope.v1+json",
            manifest => manifest["layers"]![0]!["size"] = (64L << 20) + 1,
            manifest => manifest["layers"]!.AsArray().Clear(),
            manifest => manifest["layers"]!.AsArray().Add(manifest["layers"]![0]!.DeepClone()),
        ])
        {
            JsonObject manifest = ManifestOf(MediaTypes.Statement, document);
            Assert.NotNull(RemadeReferrer.DocumentOf(ManifestContent.Parse(ManifestNodes.ToJson(manifest), null)));
            change(manifest);
            Assert.Null(RemadeReferrer.DocumentOf(ManifestContent.Parse(ManifestNodes.ToJson(manifest), null)));
        }
    }

    [Fact]
    public void A_manifest_that_says_a_field_twice_stays()
    {
        byte[] document = Document(Statement);
        string json = Encoding.UTF8.GetString(ManifestNodes.ToJson(ManifestOf(MediaTypes.Statement, document)));
        Assert.Null(RemadeReferrer.Of(Encoding.UTF8.GetBytes(json.Insert(1, "\"schemaVersion\":2,")), document, Plain, Compressed));
    }

    private static (byte[] Manifest, byte[] Document)? Remake(JsonObject manifest, byte[] document) => RemadeReferrer.Of(ManifestNodes.ToJson(manifest), document, Plain, Compressed);

    /// <summary>What a changed manifest was before.</summary>
    private static JsonObject Before(JsonObject manifest, byte[] document)
    {
        JsonObject before = manifest.DeepClone().AsObject();
        before["subject"]!["digest"] = Plain.ToString();
        before["subject"]!["size"] = 555;
        before["layers"]![0]!["digest"] = Digest.Of(document).ToString();
        before["annotations"]!["about"] = Plain.ToString();
        return before;
    }

    /// <param name="text">With H where the digest is.</param>
    private static byte[] Document(string text) => Encoding.UTF8.GetBytes(text.Replace("H", Plain.Hex, StringComparison.Ordinal));

    private static JsonObject ManifestOf(string type, byte[] document) => JsonNode.Parse(
        ArtifactManifest.ToJson(new(type, document), new(MediaTypes.OciManifest, Plain, 555), new(type, Digest.Of(document), document.Length)))!.AsObject();
}
