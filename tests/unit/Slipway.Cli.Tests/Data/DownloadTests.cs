using System.Security.Cryptography;
using System.Text;
using Slipway.Api.Tests;
using Slipway.Cli.Data;

namespace Slipway.Cli.Tests.Data;

public sealed class DownloadTests
{
    private static readonly string Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData("hello world"u8));

    [Fact]
    public async Task An_interrupted_file_keeps_its_part_and_the_next_get_asks_for_the_rest_alone()
    {
        bool broken = true;
        await using FakeServer server = Server(range => (range ?? "none", broken) switch
        {
            ("none", true) => "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello",
            ("bytes=5-", false) => "HTTP/1.1 206 Partial Content\r\nContent-Length: 6\r\n\r\n world",
            _ => "HTTP/1.1 500 Unexpected\r\nContent-Length: 0\r\n\r\n",
        });
        using TestWorld world = new(server);
        string path = Path.Join(world.Folder, "a.txt");
        Assert.NotEqual(0, await world.RunAsync("get", "r@master:/a.txt"));
        Assert.Equal("hello", await File.ReadAllTextAsync(FileDownload.PartOf(path, Digest)));
        Assert.False(File.Exists(path));
        broken = false;
        Assert.True(await world.RunAsync("get", "r@master:/a.txt") == 0, world.Error.ToString());
        Assert.Equal("hello world", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFiles(world.Folder));
    }

    [Fact]
    public async Task Bytes_that_do_not_have_the_digest_get_no_name()
    {
        await using FakeServer server = Server(static _ => "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhellO world");
        using TestWorld world = new(server);
        Assert.Equal(1, await world.RunAsync("get", "r@master:/a.txt"));
        Assert.Contains("digest", world.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(world.Folder));
    }

    private static FakeServer Server(Func<string?, string> answer) => new(async (request, stream) =>
    {
        if (request.Path.StartsWith("/api/v1/files/inspect", StringComparison.Ordinal))
        {
            await FakeServer.WriteAsync(stream, 200, $$"""{"path":"/a.txt","kind":"file","size":11,"digest":"{{Digest}}"}""");
            return;
        }

        string? range = request.Head.Split("\r\n").FirstOrDefault(static line => line.StartsWith("Range: ", StringComparison.Ordinal))?["Range: ".Length..];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer(range)));
    });
}
