using System.Formats.Tar;
using System.Text;
using Slipway.Api.Tests;

namespace Slipway.Cli.Tests.Data.Sources;

public sealed class RemotePutTests
{
    private const string Put = """{"commit":{"repo":"r","branch":"master","globalId":"0199","state":"finished","started":"2026-11-21T12:00:00Z"},"files":1,"bytes":5}""";

    [Fact]
    public async Task A_file_at_an_address_goes_on_where_the_connection_broke_and_is_put_under_its_name()
    {
        await using WebServer web = new(head => head.Contains("Range: bytes=3-", StringComparison.Ordinal)
            ? WebServer.Answer("206 Partial Content", "ETag: \"v1\"\r\nContent-Range: bytes 3-7/8\r\n", "lo wo")
            : WebServer.Answer("200 OK", "ETag: \"v1\"\r\n", "hel", length: 8));
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        Assert.True(await world.RunAsync("put", "r@master:/in/", "-f", web.Root + "/a%20b.txt?key=secret") == 0, world.Error.ToString());
        Assert.Equal("hello wo", Encoding.UTF8.GetString(bodies.Single()));
        Assert.StartsWith("/api/v1/files?at=r%40master%3A%2Fin%2Fa%20b.txt", server.Requests.Single().Path, StringComparison.Ordinal);
        Assert.Contains("If-Range: \"v1\"", web.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_all_again_and_what_came_before_is_passed_over()
    {
        int asked = 0;
        await using WebServer web = new(_ => WebServer.Answer("200 OK", "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT\r\n", asked++ == 0 ? "hel" : "hello", length: 5));
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        Assert.True(await world.RunAsync("put", "r@master:/x", "-f", web.Root + "/x") == 0, world.Error.ToString());
        Assert.Equal("hello", Encoding.UTF8.GetString(bodies.Single()));
    }

    [Theory]
    [InlineData("ETag: \"v2\"\r\n", "changed while it was read")]
    [InlineData("", "still the same")]
    public async Task A_file_that_changed_or_may_have_is_not_put_together_of_two(string second, string says)
    {
        int asked = 0;
        await using WebServer web = new(_ => asked++ == 0
            ? WebServer.Answer("200 OK", second.Length > 0 ? "ETag: \"v1\"\r\n" : "", "hel", length: 5)
            : WebServer.Answer("200 OK", second, "HELLO"));
        (FakeServer server, _) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        Assert.Equal(1, await world.RunAsync("put", "r@master:/x", "-f", web.Root + "/x"));
        Assert.Contains(says, world.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_ten_times_and_carry_no_password_to_another_host()
    {
        await using WebServer other = new(_ => WebServer.Answer("200 OK", "", "there"));
        await using WebServer web = new(head => head.StartsWith("GET /loop", StringComparison.Ordinal)
            ? WebServer.Answer("302 Found", "Location: /loop\r\n", "")
            : WebServer.Answer("301 Moved Permanently", $"Location: {other.Root}/x\r\n", ""));
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        Assert.Equal(0, await world.RunAsync("put", "r@master:/x", "-f", web.Root.Replace("http://", "http://ann:pw@", StringComparison.Ordinal) + "/x"));
        Assert.Equal("there", Encoding.UTF8.GetString(bodies.Single()));
        Assert.Contains("Authorization: Basic YW5uOnB3", web.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", other.Requests[0], StringComparison.Ordinal);
        Assert.Equal(1, await world.RunAsync("put", "r@master:/x", "-f", web.Root + "/loop"));
        Assert.Equal(12, web.Requests.Count);
        Assert.Contains("more than 10 times", world.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_index_page_links_beneath_it_is_put_and_nothing_else()
    {
        await using WebServer web = new(static head => head.Split(' ')[1] switch
        {
            "/set/" => Page("""<a href="../">up</a> <A class=x HREF='?C=N;O=D'>sort</A> <a href=b.txt>b</a> <a href="/else">e</a> <a href="in/">in</a> <a href="b.txt#top">b</a>"""),
            "/set/in/" => Page("""<a href="/set/">up</a><a href="a%26c.txt">a</a><a href="http://other.example/set/x">x</a><a href="%2e%2e/%2e%2e/else">e</a>"""),
            "/set/b.txt" => WebServer.Answer("200 OK", "", "bb"),
            "/set/in/a%26c.txt" => Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nno length"),
            _ => WebServer.Answer("404 Not Found", "", ""),
        });
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        Assert.True(await world.RunAsync("put", "r@master:/s", "-f", web.Root + "/set/", "--delete-missing") == 0, world.Error.ToString());
        Assert.Equal(["b.txt=bb", "in/a&c.txt=no length"], Files(bodies.Single()));
        Assert.EndsWith("&replace=true", server.Requests.Single().Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a%2F..%2F..%2Fpasswd", "no '/'")]
    [InlineData("%FF.txt", "not UTF-8")]
    [InlineData("a%00b", "not allowed")]
    public async Task A_name_that_a_repo_cannot_hold_is_refused_before_anything_is_sent(string link, string says)
    {
        await using WebServer web = new(_ => Page($"<a href='{link}'>x</a>"));
        (FakeServer server, _) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        Assert.Equal(1, await world.RunAsync("put", "r@master:/s", "-f", web.Root + "/set/"));
        Assert.Contains(says, world.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_index_page_that_redirects_out_of_its_prefix_is_refused()
    {
        await using WebServer web = new(static head => head.StartsWith("GET /set/ ", StringComparison.Ordinal)
            ? WebServer.Answer("302 Found", "Location: /private/\r\n", "") : Page("<a href=secret>s</a>"));
        (FakeServer server, _) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        Assert.Equal(1, await world.RunAsync("put", "r@master:/s", "-f", web.Root + "/set/"));
        Assert.Contains("out of what was asked for", world.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(web.Requests);
    }

    [Fact]
    public async Task The_objects_below_a_prefix_are_listed_page_by_page_and_put_signed()
    {
        await using WebServer web = new(static head => head.Split(' ')[1] switch
        {
            "/b/?list-type=2&prefix=set" => Page("""
                <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>true</IsTruncated><Contents><Key>set/</Key><Size>0</Size></Contents><Contents>
                <Key>set/a b</Key><ETag>x</ETag><Size>1</Size></Contents><NextContinuationToken>t/1</NextContinuationToken></ListBucketResult>
                """),
            "/b/?continuation-token=t%2F1&list-type=2&prefix=set" => Page("""
                <ListBucketResult><Contents><Key>set/in/c</Key><Size>2</Size></Contents><Contents><Key>settings</Key><Size>9</Size></Contents></ListBucketResult>
                """),
            "/b/set/a%20b" => WebServer.Answer("200 OK", "", "1"),
            "/b/set/in/c" => WebServer.Answer("200 OK", "", "22"),
            _ => WebServer.Answer("404 Not Found", "", ""),
        });
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        world.Variables["AWS_ENDPOINT_URL"] = web.Root;
        world.Variables["AWS_ACCESS_KEY_ID"] = "ID";
        world.Variables["AWS_SECRET_ACCESS_KEY"] = "secret";
        Assert.True(await world.RunAsync("put", "r@master:/", "-f", "s3://b/set") == 0, world.Error.ToString());
        Assert.Equal(["a b=1", "in/c=22"], Files(bodies.Single()));
        Assert.All(web.Requests, static head => Assert.Contains("AWS4-HMAC-SHA256 Credential=ID/20261121/us-east-1/s3/aws4_request", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cut_off_tar_is_not_put()
    {
        (FakeServer server, _) = Receiver();
        await using FakeServer open = server;
        using MemoryStream tar = new();
        await using (TarWriter writer = new(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "a") { DataStream = new MemoryStream(new byte[512]) });
        }

        using TestWorld cut = new(server, input: tar.ToArray()[..^1024]);
        Assert.Equal(1, await cut.RunAsync("put", "r@master:/", "-f", "-", "--untar"));
        Assert.Contains("not a whole tar", cut.Error.ToString(), StringComparison.Ordinal);
        using TestWorld whole = new(server, input: tar.ToArray());
        Assert.True(await whole.RunAsync("put", "r@master:/", "-f", "-", "--untar") == 0, whole.Error.ToString());
    }

    private static byte[] Page(string html) => WebServer.Answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", html);

    private static string[] Files(byte[] tar)
    {
        List<string> files = [];
        using TarReader reader = new(new MemoryStream(tar));
        while (reader.GetNextEntry() is { } entry)
        {
            using StreamReader text = new(entry.DataStream ?? Stream.Null);
            files.Add($"{entry.Name}={text.ReadToEnd()}");
        }

        return [.. files];
    }

    private static (FakeServer Server, List<byte[]> Bodies) Receiver()
    {
        List<byte[]> bodies = [];
        return (new FakeServer(async (request, stream) =>
        {
            bodies.Add(await request.ReadBodyAsync());
            await FakeServer.WriteAsync(stream, 200, Put);
        }), bodies);
    }
}
