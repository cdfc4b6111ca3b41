using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Images.Repositories;

namespace Slipway.Images.Compression;

/// <summary>An index whose images have other manifests now, and whatever else it says.</summary>
public sealed class CompressedIndexTests
{
    private static readonly Digest One = Digest.Of("one"), Two = Digest.Of("two"), About = Digest.Of("about one"), Made = Digest.Of("made of one");

    [Fact]
    public void Only_what_points_to_a_compressed_image_changes()
    {
        JsonObject index = Index(
            Entry(One, entry =>
            {
                entry["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = "amd64", ["os.features"] = new JsonArray("x") };
                entry["data"] = "b25l";
                entry["urls"] = new JsonArray("https://one.example");
                entry["more"] = "ü+";
            }),
            Entry(Two, _ => { }));
        index["annotations"] = new JsonObject { ["of"] = "the tests" };
        index["more"] = 1.50m;

        byte[] json = CompressedIndex.Of(Bytes(index), Changed(One, Made));

        JsonObject entry = index["manifests"]![0]!.AsObject();
        entry["digest"] = Made.ToString();
        entry["size"] = 4321;
        entry.Remove("data");
        entry.Remove("urls");
        Assert.Equal(Encoding.UTF8.GetString(ManifestNodes.ToJson(index)), Encoding.UTF8.GetString(json));
        Assert.Empty(LeftOut(index, One));
    }

    [Fact]
    public void An_image_that_is_named_twice_is_the_compressed_one_in_both_places()
    {
        byte[] json = CompressedIndex.Of(Bytes(Index(Entry(One, _ => { }), Entry(Two, _ => { }), Entry(One, _ => { }))), Changed(One, Made));
        Assert.Equal([Made, Two, Made], ManifestContent.Parse(json, null).Children.Select(child => child.Digest));
    }

    [Fact]
    public void A_statement_of_BuildKits_about_a_plain_image_is_left_out()
    {
        JsonObject StatementAbout(Digest image) => Entry(About, entry => entry["annotations"] = new JsonObject { ["vnd.docker.reference.digest"] = image.ToString() });
        JsonObject index = Index(Entry(One, _ => { }), StatementAbout(One), Entry(Two, _ => { }));
        Assert.Equal([Made, Two], ManifestContent.Parse(CompressedIndex.Of(Bytes(index), Changed(One, Made)), null).Children.Select(child => child.Digest));
        Assert.Equal(About, Assert.Single(LeftOut(index, One)));

        index = Index(Entry(One, _ => { }), Entry(Two, _ => { }), StatementAbout(Two));
        Assert.Equal([Made, Two, About], ManifestContent.Parse(CompressedIndex.Of(Bytes(index), Changed(One, Made)), null).Children.Select(child => child.Digest));
        Assert.Empty(LeftOut(index, One));
    }

    [Fact]
    public void What_says_a_field_twice_is_refused()
    {
        string json = Encoding.UTF8.GetString(ManifestNodes.ToJson(Index(Entry(One, _ => { }))));
        SlipwayException failure = Assert.Throws<SlipwayException>(() => CompressedIndex.Of(Encoding.UTF8.GetBytes(json.Insert(1, "\"manifests\":[],")), Changed(One, Made)));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("--compression none", failure.Hint, StringComparison.Ordinal);
    }

    private static Dictionary<Digest, ManifestRecord> Changed(Digest plain, Digest made) => new()
    {
        [plain] = new(made, MediaTypes.OciManifest, 4321, null, null, [], [], ImmutableSortedDictionary<string, string>.Empty, DateTimeOffset.UnixEpoch),
    };

    private static ImmutableArray<Digest> LeftOut(JsonObject index, Digest changing) => CompressedIndex.LeftOut(ManifestContent.Parse(Bytes(index), null), new HashSet<Digest> { changing });

    private static byte[] Bytes(JsonObject index) => Encoding.UTF8.GetBytes(index.ToString());

    private static JsonObject Index(params JsonNode[] entries) => new() { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = new JsonArray(entries) };

    private static JsonObject Entry(Digest digest, Action<JsonObject> change)
    {
        JsonObject entry = new() { ["mediaType"] = MediaTypes.OciManifest, ["digest"] = digest.ToString(), ["size"] = 1234 };
        change(entry);
        return entry;
    }
}
