using System.Formats.Tar;
using System.Text;
using Slipway.Api.Tests;

namespace Slipway.Cli.Tests.Data;

public sealed class DataCommandTests
{
    private const string Put = """{"commit":{"repo":"r","branch":"master","globalId":"0199","state":"finished","started":"2026-11-21T12:00:00Z"},"files":1,"bytes":5}""";

    [Fact]
    public async Task One_file_is_put_at_its_path_with_author_and_message()
    {
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        world.Variables["SLIPWAY_AUTHOR"] = "ada";
        world.Write("iris.csv", "1,2,3");
        Assert.Equal(0, await world.RunAsync("put", "r@master:/x.csv", "-f", "iris.csv", "-m", "why not"));
        Assert.Equal("r@0199  1 file, 5 B in 0 ms\n", world.Out.ToString());
        Assert.Equal("/api/v1/files?at=r%40master%3A%2Fx.csv&message=why%20not&author=ada", server.Requests.Single().Path);
        Assert.Equal("1,2,3", Encoding.ASCII.GetString(bodies.Single()));
        await world.RunAsync("put", "r@master:/in/", "-f", "iris.csv", "-q");
        Assert.StartsWith("/api/v1/files?at=r%40master%3A%2Fin%2Firis.csv", server.Requests.Last().Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_a_folder_goes_below_the_path_and_several_go_under_their_names()
    {
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server);
        world.Write("d/b/c", "2");
        world.Write("d/a", "1");
        File.CreateSymbolicLink(Path.Combine(world.Folder, "d/z"), "../../etc/passwd");
        await world.RunAsync("put", "r@master:/", "-f", "d", "--replace");
        Assert.Equal(["a=1", "b/", "b/c=2", "z->../../etc/passwd"], Names(bodies[0]));
        Assert.EndsWith("&replace=true", server.Requests.Last().Path, StringComparison.Ordinal);
        world.Write("e", "3");
        await world.RunAsync("put", "r@master:/", "-f", "d/b", "-f", "e");
        Assert.Equal(["b/c=2", "e=3"], Names(bodies[1]));
    }

    [Fact]
    public async Task Stdin_is_put_as_it_comes_and_needs_a_name()
    {
        (FakeServer server, List<byte[]> bodies) = Receiver();
        await using FakeServer open = server;
        using TestWorld world = new(server, input: new byte[200_000]);
        Assert.Equal(0, await world.RunAsync("put", "r@master:/x", "-f", "-"));
        Assert.Equal(200_000, bodies.Single().Length);
        Assert.Equal(2, await world.RunAsync("put", "r@master:/", "-f", "-"));
    }

    [Fact]
    public async Task A_file_is_got_whole_and_not_over_another()
    {
        await using FakeServer server = FakeServer.Json(
            ("GET /api/v1/files/inspect", """{"path":"/a.txt","kind":"file","size":5,"digest":"sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","executable":true}"""), ("GET /api/v1/files", "hello"));
        using TestWorld world = new(server);
        Assert.Equal(0, await world.RunAsync("get", "r@master:/a.txt"));
        string path = Path.Combine(world.Folder, "a.txt");
        Assert.Equal("hello", await File.ReadAllTextAsync(path));
        Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal(0, await world.RunAsync("get", "r@master:/a.txt"));
        await File.WriteAllTextAsync(path, "mine!");
        Assert.Equal(1, await world.RunAsync("get", "r@master:/a.txt"));
        Assert.Equal("mine!", await File.ReadAllTextAsync(path));
        Assert.Contains("--force", world.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await world.RunAsync("get", "r@master:/a.txt", "-o", "-"));
        Assert.Equal("hello", Encoding.ASCII.GetString(world.Bytes.ToArray()));
        Assert.Equal(["a.txt"], Directory.GetFiles(world.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Files_are_listed_with_their_kind_and_a_diff_says_what_became_of_each()
    {
        await using FakeServer server = FakeServer.Json(
            ("GET /api/v1/files/list", """
                {"path":"/d","kind":"directory","size":2048,"digest":"sha256:00112233445566"}
                {"path":"/x","kind":"file","size":3,"digest":"sha256:8899aabbccddeeff","executable":true}
                """),
            ("GET /api/v1/diff", """
                {"path":"/new","after":{"path":"/new","kind":"file","size":3,"digest":"d"}}
                {"path":"/gone","before":{"path":"/gone","kind":"file","size":3,"digest":"e"}}
                {"path":"/both","before":{"path":"/both","kind":"file","size":3,"digest":"d"},"after":{"path":"/both","kind":"file","size":4,"digest":"e"}}
                """));
        using TestWorld world = new(server);
        await world.RunAsync("ls", "r");
        Assert.Equal("PATH  SIZE      DIGEST\n/d/   2.00 KiB  001122334455\n/x*   3 B       8899aabbccdd\n", world.Out.ToString());
        world.Out.GetStringBuilder().Clear();
        await world.RunAsync("diff", "r@master~1", "r@master");
        Assert.Equal("+ /new  3 B\n- /gone  3 B\n~ /both  3 B → 4 B\n", world.Out.ToString());
        Assert.Equal("/api/v1/diff?from=r%40master~1&to=r%40master&facts=true", server.Requests.Last().Path);
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

    private static IEnumerable<string> Names(byte[] tar)
    {
        using TarReader reader = new(new MemoryStream(tar));
        while (reader.GetNextEntry() is { } entry)
        {
            yield return entry.EntryType switch
            {
                TarEntryType.Directory => entry.Name.TrimEnd('/') + "/",
                TarEntryType.SymbolicLink => $"{entry.Name}->{entry.LinkName}",
                _ => $"{entry.Name}={new StreamReader(entry.DataStream!).ReadToEnd()}",
            };
        }
    }
}
