using System.Net;

namespace Slipway.EndToEnd.Registry;

/// <summary>The distribution specification's "Pull", line by line.</summary>
public sealed class PullTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private const string Repository = "pull/it";

    [Fact]
    public async Task The_root_says_that_this_is_a_registry()
    {
        using HttpResponseMessage answer = await world.GetAsync("/v2/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("registry/2.0", RegistryWorld.Header(answer, "Docker-Distribution-API-Version"));
    }

    [Fact]
    public async Task A_manifest_is_answered_byte_for_byte_by_tag_and_by_digest()
    {
        string json = await world.PushArtifactAsync(Repository, "bytes", "of a layer");
        string digest = RegistryWorld.DigestOf(RegistryWorld.Bytes(json));
        foreach (string reference in (string[])["bytes", digest])
        {
            using HttpResponseMessage answer = await world.GetAsync($"/v2/{Repository}/manifests/{reference}", ("Accept", RegistryWorld.Manifest));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(json, await answer.Content.ReadAsStringAsync());
            Assert.Equal(RegistryWorld.Manifest, answer.Content.Headers.ContentType!.ToString());
            Assert.Equal(digest, RegistryWorld.Header(answer, "Docker-Content-Digest"));
        }
    }

    [Fact]
    public async Task A_head_says_the_same_without_a_body()
    {
        string json = await world.PushArtifactAsync(Repository, "head", "of a layer");
        using HttpResponseMessage manifest = await world.SendAsync(HttpMethod.Head, $"/v2/{Repository}/manifests/head");
        using HttpResponseMessage blob = await world.SendAsync(HttpMethod.Head, $"/v2/{Repository}/blobs/{RegistryWorld.DigestOf("of a layer"u8.ToArray())}");
        Assert.Equal(HttpStatusCode.OK, manifest.StatusCode);
        Assert.Equal(RegistryWorld.Bytes(json).Length, manifest.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.OK, blob.StatusCode);
        Assert.Equal(10, blob.Content.Headers.ContentLength);
        Assert.Equal("bytes", RegistryWorld.Header(blob, "Accept-Ranges"));
    }

    [Theory]
    [InlineData("/manifests/nowhere", "MANIFEST_UNKNOWN")]
    [InlineData("/manifests/sha256:0000000000000000000000000000000000000000000000000000000000000000", "MANIFEST_UNKNOWN")]
    [InlineData("/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000", "BLOB_UNKNOWN")]
    [InlineData("/blobs/uploads/0123", "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("-not-there/tags/list", "NAME_UNKNOWN")]
    public async Task What_is_not_there_is_404_with_its_code(string path, string code)
    {
        using HttpResponseMessage answer = await world.GetAsync("/v2/" + Repository + path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(code, await RegistryWorld.CodeAsync(answer));
    }

    [Theory]
    [InlineData("bytes=0-1", "01", "bytes 0-1/10")]
    [InlineData("bytes=7-", "789", "bytes 7-9/10")]
    [InlineData("bytes=-4", "6789", "bytes 6-9/10")]
    [InlineData("bytes=8-99", "89", "bytes 8-9/10")]
    public async Task A_range_of_a_blob_is_206(string range, string expected, string said)
    {
        string digest = await world.PushBlobAsync(Repository, "0123456789"u8.ToArray());
        using HttpResponseMessage answer = await world.GetAsync($"/v2/{Repository}/blobs/{digest}", ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
        Assert.Equal(said, RegistryWorld.Header(answer, "Content-Range"));
    }

    [Fact]
    public async Task A_range_outside_of_the_blob_is_416()
    {
        string digest = await world.PushBlobAsync(Repository, "0123456789"u8.ToArray());
        using HttpResponseMessage answer = await world.GetAsync($"/v2/{Repository}/blobs/{digest}", ("Range", "bytes=10-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
    }

    [Fact]
    public async Task A_blob_of_one_repository_is_not_seen_in_another()
    {
        string digest = await world.PushBlobAsync("pull/one", "for one"u8.ToArray());
        using HttpResponseMessage answer = await world.GetAsync($"/v2/pull/other/blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_file_of_a_data_repo_is_not_seen_at_all()
    {
        await world.Slipway.RunAsync("repo", "create", "private");
        await world.Slipway.PutAsync("private@master:/secret", "a secret of somebody");
        using HttpResponseMessage answer = await world.GetAsync($"/v2/busybox/blobs/{RegistryWorld.DigestOf("a secret of somebody"u8.ToArray())}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("UPPER")]
    [InlineData("a//b")]
    [InlineData("-a")]
    [InlineData("a..b")]
    public async Task A_name_that_is_none_is_NAME_INVALID(string name)
    {
        using HttpResponseMessage answer = await world.GetAsync($"/v2/{name}/tags/list");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("NAME_INVALID", await RegistryWorld.CodeAsync(answer));
    }

    [Fact]
    public async Task What_is_known_already_is_304()
    {
        string digest = await world.PushBlobAsync(Repository, "0123456789"u8.ToArray());
        using HttpResponseMessage answer = await world.GetAsync($"/v2/{Repository}/blobs/{digest}", ("If-None-Match", $"\"{digest}\""));
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }
}
