using System.Net;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.Registry;
using Slipway.Daemon.S3.Payloads;
using Slipway.Daemon.Tests.Collection;

namespace Slipway.Daemon.Tests.Registry;

/// <summary>A connection that breaks while a blob is sent: what came is kept, and the client goes on from there.</summary>
public sealed class BrokenUploadTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 >> 2))];

    [Theory]
    [InlineData("PATCH", 0)]
    [InlineData("PATCH", 1)]
    [InlineData("PATCH", 100_000)]
    [InlineData("PUT", 299_999)]
    public async Task An_upload_goes_on_where_the_connection_broke(string method, int came)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RegistryDoor door = RegistryDoorFuzzTests.DoorOf(world);
        string query = $"?digest={Digest.Of(Content)}";
        DefaultHttpContext begun = await AskAsync(door, "POST", "/v2/a/blobs/uploads/", new MemoryStream());
        string location = begun.Response.Headers.Location.ToString();
        await AskAsync(door, method, location, new BreakingStream(Content.AsMemory(0, came)), query);

        DefaultHttpContext status = await AskAsync(door, "GET", location, new MemoryStream());
        Assert.Equal($"0-{Math.Max(0, came - 1)}", status.Response.Headers.Range.ToString());
        Assert.Equal(404, (await AskAsync(door, "GET", $"/v2/a/blobs/{Digest.Of(Content)}", new MemoryStream())).Response.StatusCode);
        DefaultHttpContext done = await AskAsync(door, "PUT", location, new MemoryStream(Content[came..]), query);
        Assert.Equal(201, done.Response.StatusCode);
        DefaultHttpContext read = await AskAsync(door, "GET", $"/v2/a/blobs/{Digest.Of(Content)}", new MemoryStream());
        Assert.Equal(Content, ((MemoryStream)read.Response.Body).ToArray());
    }

    [Fact]
    public async Task A_blob_that_is_posted_whole_and_breaks_off_is_no_blob()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RegistryDoor door = RegistryDoorFuzzTests.DoorOf(world);
        Digest half = Digest.Of(Content.AsSpan(0, 100_000));
        await AskAsync(door, "POST", "/v2/a/blobs/uploads/", new BreakingStream(Content.AsMemory(0, 100_000)), $"?digest={half}");
        Assert.Equal(404, (await AskAsync(door, "GET", $"/v2/a/blobs/{half}", new MemoryStream())).Response.StatusCode);
    }

    private static async Task<DefaultHttpContext> AskAsync(RegistryDoor door, string method, string path, Stream body, string query = "")
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Method = method;
        http.Request.Path = path;
        http.Request.QueryString = new QueryString(query);
        http.Request.Host = new HostString("localhost", 5000);
        http.Request.Body = body;
        http.Response.Body = new MemoryStream();
        await door.AnswerAsync(http);
        return http;
    }

    /// <summary>Gives some bytes and then fails as a connection does.</summary>
    private sealed class BreakingStream(ReadOnlyMemory<byte> content) : ReadOnlyStream
    {
        private int _given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(buffer.Length, content.Length - _given);
            if (count == 0)
            {
                throw new IOException("the connection was reset");
            }

            content.Slice(_given, count).CopyTo(buffer);
            _given += count;
            return ValueTask.FromResult(count);
        }
    }
}
