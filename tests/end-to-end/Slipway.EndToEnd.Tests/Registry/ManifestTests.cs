using System.Net;
using System.Text.Json;

namespace Slipway.EndToEnd.Registry;

/// <summary>The distribution specification's manifests: pushed, listed by tag, deleted, referred to.</summary>
public sealed class ManifestTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    [Fact]
    public async Task A_pushed_manifest_says_where_it_is_and_what_it_is_about()
    {
        string subject = await world.PushArtifactAsync("man/push", "subject", "subject");
        string json = RegistryWorld.ArtifactJson("subject"u8.ToArray(), "{}"u8.ToArray(), "a/b", RegistryWorld.Descriptor(subject));
        string digest = RegistryWorld.DigestOf(RegistryWorld.Bytes(json));
        using HttpResponseMessage answer = await world.PutManifestAsync("man/push", digest, json);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal($"/v2/man/push/manifests/{digest}", answer.Headers.Location!.ToString());
        Assert.Equal(RegistryWorld.DigestOf(RegistryWorld.Bytes(subject)), RegistryWorld.Header(answer, "OCI-Subject"));
    }

    [Theory]
    [InlineData("{", "MANIFEST_INVALID")]
    [InlineData("{\"schemaVersion\":1}", "MANIFEST_INVALID")]
    [InlineData("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}", "MANIFEST_INVALID")]
    [InlineData("{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\",\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":2},\"layers\":[]}", "MANIFEST_BLOB_UNKNOWN")]
    public async Task What_is_no_manifest_or_lacks_its_blobs_is_refused(string json, string code)
    {
        using HttpResponseMessage answer = await world.PutManifestAsync("man/bad", "tag", json);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(code, await RegistryWorld.CodeAsync(answer));
    }

    [Fact]
    public async Task A_manifest_under_another_digest_is_DIGEST_INVALID()
    {
        string json = await world.PushArtifactAsync("man/digest", "tag", "content");
        using HttpResponseMessage answer = await world.PutManifestAsync("man/digest", RegistryWorld.DigestOf("other"u8.ToArray()), json);
        Assert.Equal("DIGEST_INVALID", await RegistryWorld.CodeAsync(answer));
    }

    [Fact]
    public async Task A_manifest_of_more_than_4_MiB_is_413()
    {
        using HttpResponseMessage answer = await world.PutManifestAsync("man/large", "tag", "{\"x\":\"" + new string('x', 5 << 20) + "\"}");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task An_index_is_kept_with_its_manifests_and_refused_without()
    {
        string child = await world.PushArtifactAsync("man/index", "child", "content");
        string whole = $$"""{"schemaVersion":2,"mediaType":"{{RegistryWorld.Index}}","manifests":[{{RegistryWorld.Descriptor(child)}}]}""";
        string lacking = whole.Replace(RegistryWorld.DigestOf(RegistryWorld.Bytes(child)), RegistryWorld.DigestOf([]), StringComparison.Ordinal);
        using HttpResponseMessage kept = await world.PutManifestAsync("man/index", "index", whole, RegistryWorld.Index);
        Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        using HttpResponseMessage refused = await world.PutManifestAsync("man/index", "lacking", lacking, RegistryWorld.Index);
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await RegistryWorld.CodeAsync(refused));
        using HttpResponseMessage read = await world.GetAsync("/v2/man/index/manifests/index");
        Assert.Equal(RegistryWorld.Index, read.Content.Headers.ContentType!.ToString());
        Assert.Equal(whole, await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Tags_come_sorted_in_pages_that_link_the_next()
    {
        string json = await world.PushArtifactAsync("man/tags", "b", "content");
        foreach (string tag in (string[])["a", "C", "d", "1.0"])
        {
            using HttpResponseMessage put = await world.PutManifestAsync("man/tags", tag, json);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }

        Assert.Equal(("1.0 C a b d", ""), await TagsAsync("/v2/man/tags/tags/list"));
        Assert.Equal(("1.0 C", "</v2/man/tags/tags/list?n=2&last=C>; rel=\"next\""), await TagsAsync("/v2/man/tags/tags/list?n=2"));
        Assert.Equal(("a b", "</v2/man/tags/tags/list?n=2&last=b>; rel=\"next\""), await TagsAsync("/v2/man/tags/tags/list?n=2&last=C"));
        Assert.Equal(("d", ""), await TagsAsync("/v2/man/tags/tags/list?n=2&last=b"));
        Assert.Equal(("", ""), await TagsAsync("/v2/man/tags/tags/list?n=0"));
        Assert.Equal(("b d", ""), await TagsAsync("/v2/man/tags/tags/list?last=aa"));
    }

    [Fact]
    public async Task A_deleted_tag_leaves_its_manifest_and_the_other_tags()
    {
        string json = await world.PushArtifactAsync("man/untag", "one", "content");
        using HttpResponseMessage two = await world.PutManifestAsync("man/untag", "two", json);
        using HttpResponseMessage deleted = await world.SendAsync(HttpMethod.Delete, "/v2/man/untag/manifests/one");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(("two", ""), await TagsAsync("/v2/man/untag/tags/list"));
        using HttpResponseMessage manifest = await world.GetAsync($"/v2/man/untag/manifests/{RegistryWorld.DigestOf(RegistryWorld.Bytes(json))}");
        Assert.Equal(HttpStatusCode.OK, manifest.StatusCode);
        using HttpResponseMessage again = await world.SendAsync(HttpMethod.Delete, "/v2/man/untag/manifests/one");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_deleted_manifest_takes_its_tags_with_it_and_a_deleted_blob_is_gone()
    {
        string json = await world.PushArtifactAsync("man/gone", "one", "content of the deleted");
        string digest = RegistryWorld.DigestOf(RegistryWorld.Bytes(json)), blob = RegistryWorld.DigestOf("content of the deleted"u8.ToArray());
        foreach (string path in (string[])[$"/v2/man/gone/manifests/{digest}", $"/v2/man/gone/blobs/{blob}"])
        {
            using HttpResponseMessage deleted = await world.SendAsync(HttpMethod.Delete, path);
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
            using HttpResponseMessage read = await world.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
            using HttpResponseMessage again = await world.SendAsync(HttpMethod.Delete, path);
            Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        }

        using HttpResponseMessage tag = await world.GetAsync("/v2/man/gone/manifests/one");
        Assert.Equal(HttpStatusCode.NotFound, tag.StatusCode);
    }

    [Fact]
    public async Task Referrers_are_listed_and_filtered_and_none_is_an_empty_index()
    {
        string subject = await world.PushArtifactAsync("man/refs", "subject", "subject");
        string digest = RegistryWorld.DigestOf(RegistryWorld.Bytes(subject));
        Assert.Equal((0, ""), await ReferrersAsync($"/v2/man/refs/referrers/{digest}"));
        await world.PushArtifactAsync("man/refs", "sbom", "packages", "test/sbom", RegistryWorld.Descriptor(subject));
        string signature = await world.PushArtifactAsync("man/refs", "signature", "signed", "test/signature", RegistryWorld.Descriptor(subject));
        Assert.Equal((2, ""), await ReferrersAsync($"/v2/man/refs/referrers/{digest}"));
        Assert.Equal((1, "artifactType"), await ReferrersAsync($"/v2/man/refs/referrers/{digest}?artifactType=test/sbom"));
        Assert.Equal((0, ""), await ReferrersAsync($"/v2/man/elsewhere/referrers/{digest}"));
        using HttpResponseMessage deleted = await world.SendAsync(HttpMethod.Delete, $"/v2/man/refs/manifests/{RegistryWorld.DigestOf(RegistryWorld.Bytes(signature))}");
        Assert.Equal((1, ""), await ReferrersAsync($"/v2/man/refs/referrers/{digest}"));
        using HttpResponseMessage bad = await world.GetAsync("/v2/man/refs/referrers/latest");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task A_referrer_says_its_type_and_annotations_and_may_come_before_its_subject()
    {
        string absent = RegistryWorld.ArtifactJson([1], [2]);
        await world.PushArtifactAsync("man/early", "early", "early", null, RegistryWorld.Descriptor(absent));
        using HttpResponseMessage answer = await world.GetAsync($"/v2/man/early/referrers/{RegistryWorld.DigestOf(RegistryWorld.Bytes(absent))}");
        using JsonDocument index = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        JsonElement referrer = index.RootElement.GetProperty("manifests")[0];
        Assert.Equal("application/vnd.oci.empty.v1+json", referrer.GetProperty("artifactType").GetString());
        Assert.Equal("the tests", referrer.GetProperty("annotations").GetProperty("of").GetString());
    }

    /// <summary>The specification's "Referrers Tag Schema" and "Enabling the Referrers API".</summary>
    [Fact]
    public async Task Referrers_of_an_index_that_a_client_keeps_under_the_subjects_tag_are_listed_once()
    {
        string subject = await world.PushArtifactAsync("man/tagged", "subject", "subject");
        string digest = RegistryWorld.DigestOf(RegistryWorld.Bytes(subject));
        string both = await world.PushArtifactAsync("man/tagged", "both", "says so itself, and is in the index", "test/sbom", RegistryWorld.Descriptor(subject));
        string listed = await world.PushArtifactAsync("man/tagged", "listed", "is in the index alone", "test/signature");
        string index = $$"""{ "schemaVersion": 2, "mediaType": "{{RegistryWorld.Index}}", "manifests": [ {{RegistryWorld.Descriptor(both)}}, {{RegistryWorld.Descriptor(listed)}} ] }""";
        using HttpResponseMessage put = await world.PutManifestAsync("man/tagged", digest.Replace(':', '-'), index, RegistryWorld.Index);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal((2, ""), await ReferrersAsync($"/v2/man/tagged/referrers/{digest}"));
        Assert.Equal((1, "artifactType"), await ReferrersAsync($"/v2/man/tagged/referrers/{digest}?artifactType=test/signature"));
        using HttpResponseMessage deleted = await world.SendAsync(HttpMethod.Delete, $"/v2/man/tagged/manifests/{RegistryWorld.DigestOf(RegistryWorld.Bytes(listed))}");
        Assert.Equal((1, ""), await ReferrersAsync($"/v2/man/tagged/referrers/{digest}"));
    }

    private async Task<(string Tags, string Link)> TagsAsync(string path)
    {
        using HttpResponseMessage answer = await world.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (string.Join(' ', json.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString())), RegistryWorld.Header(answer, "Link"));
    }

    private async Task<(int Count, string Filters)> ReferrersAsync(string path)
    {
        using HttpResponseMessage answer = await world.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(RegistryWorld.Index, answer.Content.Headers.ContentType!.ToString());
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (json.RootElement.GetProperty("manifests").GetArrayLength(), RegistryWorld.Header(answer, "OCI-Filters-Applied"));
    }
}
