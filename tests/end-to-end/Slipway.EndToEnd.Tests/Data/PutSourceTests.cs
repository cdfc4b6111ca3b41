using System.Formats.Tar;
using System.Net.Http;
using System.Net.Sockets;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Data;

/// <summary>Tars, mirrors, ranges and pages through the binary.</summary>
public sealed class PutSourceTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>, IDisposable
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-sources-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("z", "tar.gz")]
    [InlineData("J", "tar.xz")]
    [InlineData("", "tar")]
    public async Task What_is_in_a_tar_is_put_and_a_cut_off_one_is_not(string compression, string name)
    {
        string repo = "tar" + compression.ToLowerInvariant();
        string source = Directory.CreateDirectory(Path.Join(_folder, "d")).FullName;
        await File.WriteAllTextAsync(Path.Join(source, "a"), "1");
        await File.WriteAllBytesAsync(Path.Join(source, "big"), new byte[300_000]);
        string tar = Path.Join(_folder, name);
        Assert.Equal(0, (await ChildProcess.RunAsync("tar", [$"-c{compression}f", tar, "-C", _folder, "d"])).ExitCode);
        await _slipway.RunAsync("repo", "create", repo);
        await _slipway.RunAsync("put", $"{repo}@master:/x", "-f", tar, "--untar");
        Assert.Equal(["/x/d/a", "/x/d/big"], await _slipway.FilesAsync($"{repo}@master:/"));
        byte[] bytes = await File.ReadAllBytesAsync(tar);
        await File.WriteAllBytesAsync(tar, bytes[..(bytes.Length / 2)]);
        CommandOutput cut = await _slipway.TryAsync("put", $"{repo}@master:/y", "-f", tar, "--untar");
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("nothing was", cut.Stderr, StringComparison.Ordinal);
        Assert.Single(await _slipway.CommitsAsync(repo));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/etc/evil")]
    public async Task A_hostile_name_in_a_tar_is_refused_and_nothing_of_it_is_put(string name)
    {
        string tar = Path.Join(_folder, "hostile.tar");
        await using (TarWriter writer = new(File.Create(tar)))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "good") { DataStream = new MemoryStream([1]) });
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });
        }

        await _slipway.TryAsync("repo", "create", "hostile");
        CommandOutput refused = await _slipway.TryAsync("put", "hostile@master:/", "-f", tar, "--untar");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(name.StartsWith('/') ? "absolute" : "..", refused.Stderr, StringComparison.Ordinal);
        Assert.Empty(await _slipway.CommitsAsync("hostile"));
    }

    [Fact]
    public async Task A_mirror_removes_what_is_not_in_the_folder_below_its_path_alone()
    {
        string source = Directory.CreateDirectory(Path.Join(_folder, "m")).FullName;
        await File.WriteAllTextAsync(Path.Join(source, "new"), "1");
        await _slipway.RunAsync("repo", "create", "mirror");
        await _slipway.PutAsync("mirror@master:/in/old", "x");
        await _slipway.PutAsync("mirror@master:/out/old", "x");
        await _slipway.RunAsync("put", "mirror@master:/in", "-f", source, "--delete-missing");
        Assert.Equal(["/in/new", "/out/old"], await _slipway.FilesAsync("mirror@master:/"));
    }

    [Fact]
    public async Task An_interrupted_get_of_a_folder_goes_on_and_does_not_write_again_what_is_there()
    {
        await _slipway.RunAsync("repo", "create", "again");
        await _slipway.PutAsync("again@master:/a", "1");
        await _slipway.PutAsync("again@master:/d/b", "2");
        string target = Path.Join(_folder, "again");
        await _slipway.RunAsync("get", "again@master:/", "-o", target);
        DateTime written = File.GetLastWriteTimeUtc(Path.Join(target, "a"));
        File.Delete(Path.Join(target, "d/b"));
        await _slipway.RunAsync("get", "again@master:/", "-o", target);
        Assert.Equal("2", await File.ReadAllTextAsync(Path.Join(target, "d/b")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Join(target, "a")));
        await File.WriteAllTextAsync(Path.Join(target, "a"), "mine");
        Assert.Equal(1, (await _slipway.TryAsync("get", "again@master:/", "-o", target)).ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Join(target, "a")));
    }

    [Fact]
    public async Task A_range_outside_of_a_file_is_416_and_says_how_long_it_is()
    {
        await _slipway.RunAsync("repo", "create", "ranges");
        await _slipway.PutAsync("ranges@master:/ten", "0123456789");
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Join(_slipway.Home, "slipway.sock")), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal((206, "bytes 8-9/10", "89"), await RangeAsync(client, "bytes=8-20"));
        Assert.Equal((206, "bytes 7-9/10", "789"), await RangeAsync(client, "bytes=-3"));
        Assert.Equal((206, "bytes 0-9/10", "0123456789"), await RangeAsync(client, "bytes=-30"));
        Assert.Equal((200, "", "0123456789"), await RangeAsync(client, "bytes=5-2"));
        (int status, string range, _) = await RangeAsync(client, "bytes=10-");
        Assert.Equal((416, "bytes */10"), (status, range));
        Assert.Equal(416, (await RangeAsync(client, "bytes=-0")).Status);
    }

    [Fact]
    public async Task Listings_have_pages()
    {
        await _slipway.RunAsync("repo", "create", "paged");
        foreach (string branch in (string[])["b1", "b2", "b3"])
        {
            await _slipway.PutAsync($"paged@{branch}:/f", branch);
            await _slipway.RunAsync("commit", "tag", $"paged@{branch}", $"t-{branch}");
        }

        Assert.Equal(["b2"], Lines(await _slipway.RunAsync("branch", "ls", "paged", "-q", "-n", "1", "--after", "b1")));
        Assert.Equal(["t-b3"], Lines(await _slipway.RunAsync("commit", "tags", "paged", "-q", "--after", "t-b2")));
        Assert.Equal("paged", Lines(await _slipway.RunAsync("repo", "ls", "-q", "-n", "1", "--after", "page"))[0]);
        string[] all = Lines(await _slipway.RunAsync("log", "paged", "-q"));
        Assert.Equal(all[1..2], Lines(await _slipway.RunAsync("log", "paged", "-q", "-n", "1", "--after", all[0])));
        Assert.Empty(Lines(await _slipway.RunAsync("log", "paged", "-q", "--after", all[^1])));
        Assert.Equal(1, (await _slipway.TryAsync("log", "paged", "--after", new string('0', 32))).ExitCode);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<(int Status, string Range, string Body)> RangeAsync(HttpClient client, string range)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "http://slipway" + Routes.WithQuery(Routes.Files, ("at", "ranges@master:/ten")));
        request.Headers.TryAddWithoutValidation("Range", range);
        using HttpResponseMessage response = await client.SendAsync(request);
        return ((int)response.StatusCode, response.Content.Headers.ContentRange?.ToString() ?? "", await response.Content.ReadAsStringAsync());
    }
}
