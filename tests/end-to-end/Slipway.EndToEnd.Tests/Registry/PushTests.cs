using System.Net;

namespace Slipway.EndToEnd.Registry;

/// <summary>The distribution specification's "Push" of blobs, line by line.</summary>
public sealed class PushTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private const string Repository = "push/it";
    private static readonly byte[] Content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31 >> 3))];

    [Fact]
    public async Task A_blob_is_put_whole_after_a_post()
    {
        string location = await world.BeginAsync(Repository);
        await CompleteAsync(location, Content, "whole");
    }

    [Fact]
    public async Task A_blob_is_posted_whole()
    {
        string digest = RegistryWorld.DigestOf("posted"u8.ToArray());
        using HttpResponseMessage answer = await world.SendAsync(HttpMethod.Post, $"/v2/{Repository}/blobs/uploads/?digest={digest}", "posted"u8.ToArray());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.EndsWith($"/blobs/{digest}", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        await ExpectAsync(digest, "posted"u8.ToArray());
    }

    [Fact]
    public async Task A_blob_without_bytes_is_a_blob()
    {
        await CompleteAsync(await world.BeginAsync(Repository), [], "empty");
        await world.PushBlobAsync(Repository, []);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Chunks_in_order_become_the_blob(int chunks)
    {
        string location = await world.BeginAsync(Repository);
        int size = (Content.Length / chunks) + 1;
        for (int start = 0; start < Content.Length; start += size)
        {
            byte[] chunk = Content[start..Math.Min(Content.Length, start + size)];
            using HttpResponseMessage answer = await world.SendAsync(HttpMethod.Patch, location, chunk, null, ("Content-Range", $"{start}-{start + chunk.Length - 1}"));
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.Equal($"0-{start + chunk.Length - 1}", RegistryWorld.Header(answer, "Range"));
            location = answer.Headers.Location!.ToString();
        }

        await CompleteAsync(location, Content, "chunks", sent: Content.Length);
    }

    [Fact]
    public async Task The_last_chunk_may_come_with_the_put()
    {
        string location = await world.BeginAsync(Repository);
        using (HttpResponseMessage first = await world.SendAsync(HttpMethod.Patch, location, Content[..150_000]))
        {
            Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        }

        await CompleteAsync(location, Content, "last chunk", sent: 150_000);
    }

    [Fact]
    public async Task A_chunk_out_of_order_is_416_and_the_upload_goes_on()
    {
        string location = await world.BeginAsync(Repository);
        using HttpResponseMessage ahead = await world.SendAsync(HttpMethod.Patch, location, Content[10..20], null, ("Content-Range", "10-19"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, ahead.StatusCode);
        using HttpResponseMessage first = await world.SendAsync(HttpMethod.Patch, location, Content[..10], null, ("Content-Range", "0-9"));
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        using HttpResponseMessage again = await world.SendAsync(HttpMethod.Patch, location, Content[..10], null, ("Content-Range", "0-9"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, again.StatusCode);
        Assert.Equal("BLOB_UPLOAD_INVALID", await RegistryWorld.CodeAsync(again));
        using HttpResponseMessage status = await world.GetAsync(location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.Equal("0-9", RegistryWorld.Header(status, "Range"));
        await CompleteAsync(location, Content[..100], "after 416", sent: 10);
    }

    [Fact]
    public async Task A_digest_that_is_not_the_contents_is_DIGEST_INVALID_and_nothing_is_visible()
    {
        string location = await world.BeginAsync(Repository);
        string other = RegistryWorld.DigestOf("another content"u8.ToArray());
        using HttpResponseMessage answer = await world.SendAsync(HttpMethod.Put, $"{location}?digest={other}", "content"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("DIGEST_INVALID", await RegistryWorld.CodeAsync(answer));
        foreach (string digest in (string[])[other, RegistryWorld.DigestOf("content"u8.ToArray())])
        {
            using HttpResponseMessage missing = await world.GetAsync($"/v2/{Repository}/blobs/{digest}");
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }
    }

    [Fact]
    public async Task An_upload_outlasts_a_restart()
    {
        string location = await world.BeginAsync(Repository);
        using (HttpResponseMessage first = await world.SendAsync(HttpMethod.Patch, location, Content[..70_000]))
        {
            Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        }

        await world.ListenAsync();
        await CompleteAsync(location, Content, "restarted", sent: 70_000);
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone()
    {
        string location = await world.BeginAsync(Repository);
        using HttpResponseMessage cancelled = await world.SendAsync(HttpMethod.Delete, location);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        using HttpResponseMessage status = await world.GetAsync(location);
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
    }

    [Fact]
    public async Task A_blob_is_mounted_from_another_repository()
    {
        string digest = await world.PushBlobAsync("push/source", Content);
        using HttpResponseMessage mounted = await world.SendAsync(HttpMethod.Post, $"/v2/push/target/blobs/uploads/?mount={digest}&from=push/source", []);
        Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
        using HttpResponseMessage blob = await world.GetAsync(mounted.Headers.Location!.ToString());
        Assert.Equal(Content, await blob.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("&from=push/nowhere")]
    [InlineData("")]
    public async Task What_cannot_be_mounted_is_to_be_uploaded(string from)
    {
        string digest = RegistryWorld.DigestOf("never pushed"u8.ToArray());
        using HttpResponseMessage answer = await world.SendAsync(HttpMethod.Post, $"/v2/push/target/blobs/uploads/?mount={digest}{from}", []);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.NotNull(answer.Headers.Location);
    }

    [Fact]
    public async Task One_blob_is_pushed_by_many_at_once()
    {
        byte[] content = [.. Content.Reverse()];
        string[] digests = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => world.PushBlobAsync($"push/many{i % 3}", content)));
        Assert.Single(digests.Distinct());
    }

    private async Task CompleteAsync(string location, byte[] content, string what, int sent = 0)
    {
        string digest = RegistryWorld.DigestOf(content);
        using HttpResponseMessage answer = await world.SendAsync(HttpMethod.Put, $"{location}?digest={digest}", content[sent..]);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{what}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        Assert.Equal(digest, RegistryWorld.Header(answer, "Docker-Content-Digest"));
        await ExpectAsync(digest, content);
    }

    private async Task ExpectAsync(string digest, byte[] content)
    {
        using HttpResponseMessage blob = await world.GetAsync($"/v2/{Repository}/blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, blob.StatusCode);
        Assert.Equal(content, await blob.Content.ReadAsByteArrayAsync());
    }
}
