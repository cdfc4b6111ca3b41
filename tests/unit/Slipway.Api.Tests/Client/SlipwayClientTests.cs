using System.Text;

namespace Slipway.Api.Tests.Client;

public sealed class SlipwayClientTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task A_chunked_answer_is_read_whole_however_it_is_cut(int size)
    {
        string name = new('é', 40_000);
        await using FakeServer server = new((_, stream) => FakeServer.WriteChunksAsync(stream, $$"""{"id":"a","name":"{{name}}"}""", size));
        ContainerCreated created = await server.Client.CreateContainerAsync(new CreateContainerRequest { Image = "x" }, start: true, CancellationToken.None);
        Assert.Equal(name, created.Name);
    }

    [Fact]
    public async Task A_request_carries_its_json_and_query()
    {
        string body = "";
        await using FakeServer server = new(async (request, stream) =>
        {
            body = await request.ReadBodyTextAsync();
            await FakeServer.WriteAsync(stream, 200, """{"name":"a/b","created":"2026-11-21T00:00:00Z"}""");
        });
        await server.Client.CreateRepoAsync(new CreateRepoRequest("a/b"), CancellationToken.None);
        Assert.Equal("""{"name":"a/b","ifMissing":false}""", body);
        Assert.Equal("application/json", server.Requests.Single().Header("Content-Type"));
        await server.Client.InspectRepoAsync("a/b & c", CancellationToken.None);
        Assert.Equal("/api/v1/repos/inspect?repo=a%2Fb%20%26%20c", server.Requests.Last().Path);
    }

    [Fact]
    public async Task A_refusal_becomes_an_exception_with_kind_message_and_hint()
    {
        await using FakeServer server = FakeServer.Json();
        ApiException exception = await Assert.ThrowsAsync<ApiException>(() => server.Client.InspectRepoAsync("x", CancellationToken.None));
        Assert.Equal(new ProblemDetails("notFound", "nothing there", "try another"), exception.Problem);
    }

    [Fact]
    public async Task A_refusal_in_another_tongue_is_told_by_its_status()
    {
        await using FakeServer server = new((_, stream) => FakeServer.WriteAsync(stream, 502, "<html>"));
        ApiException exception = await Assert.ThrowsAsync<ApiException>(() => server.Client.GetInfoAsync(CancellationToken.None));
        Assert.Equal(ProblemKinds.Internal, exception.Problem.Kind);
        Assert.Contains("502", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_refuses_early_is_heard_before_the_body_is_sent()
    {
        await using FakeServer server = new((_, stream) => FakeServer.WriteAsync(stream, 404, """{"kind":"notFound","message":"no repo"}"""));
        ApiException exception = await Assert.ThrowsAsync<ApiException>(() => server.Client.PutFileAsync(
            "x@master:/f", new PutOptions(), false, (_, token) => Task.Delay(Timeout.Infinite, token), null, CancellationToken.None));
        Assert.Equal("no repo", exception.Message);
    }

    [Fact]
    public async Task A_server_that_answers_before_it_has_the_last_of_the_body_still_gets_it()
    {
        TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously), stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] sent = [1, 2, 3], got = [];
        await using FakeServer server = new(async (request, stream) =>
        {
            byte[] line = """{"kind":"note","text":"begun"}"""u8.ToArray();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{line.Length + 1:x}\r\n"));
            await stream.WriteAsync(line);
            await stream.WriteAsync("\n\r\n"u8.ToArray());
            Task<byte[]> body = request.ReadBodyAsync();
            if (await Task.WhenAny(body, stopped.Task) == body)
            {
                got = await body;
            }

            await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        });
        IAsyncEnumerable<BuildProgress> lines = server.Client.BuildAsync(
            new BuildOptions(),
            async (stream, token) =>
            {
                using CancellationTokenRegistration registration = token.Register(stopped.SetResult);
                await Task.WhenAny(heard.Task, stopped.Task);
                await stream.WriteAsync(sent, token);
            },
            CancellationToken.None);
        await foreach (BuildProgress line in lines)
        {
            Assert.Equal(new BuildNote("begun"), line);
            heard.SetResult();
        }

        Assert.Equal(sent, got);
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_request_and_is_named()
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeServer server = new(async (request, _) =>
        {
            await Assert.ThrowsAnyAsync<Exception>(request.ReadBodyAsync);
            ended.SetResult();
        });
        BodyException exception = await Assert.ThrowsAsync<BodyException>(() => server.Client.PutFileAsync(
            "x@master:/f", new PutOptions(), false, (_, _) => throw new FileNotFoundException("f is gone"), null, CancellationToken.None));
        Assert.Equal("f is gone", exception.Message);
        await ended.Task;
    }

    [Fact]
    public async Task A_body_of_unknown_length_arrives_as_it_was_written()
    {
        byte[] sent = new byte[300_000];
        new Random(1).NextBytes(sent);
        byte[] received = [];
        await using FakeServer server = new(async (request, stream) =>
        {
            received = await request.ReadBodyAsync();
            await FakeServer.WriteAsync(stream, 200, """{"commit":{"repo":"x","branch":"master","globalId":"1","state":"finished","started":"2026-11-21T00:00:00Z"},"files":1,"bytes":300000}""");
        });
        PutResult result = await server.Client.PutFileAsync(
            "x@master:/f", new PutOptions("why", "me"), true, async (stream, token) =>
            {
                await stream.WriteAsync(sent.AsMemory(0, 1), token);
                await stream.WriteAsync(sent.AsMemory(1), token);
            }, null, CancellationToken.None);
        Assert.Equal(sent, received);
        Assert.Equal(300_000, result.Bytes);
        Assert.Equal("/api/v1/files?at=x%40master%3A%2Ff&message=why&author=me&executable=true", server.Requests.Single().Path);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(70_000)]
    public async Task Records_of_a_stream_arrive_whole_however_they_are_cut(int size)
    {
        string lines = string.Concat(Enumerable.Range(0, 300).Select(i => $$"""{"path":"/ä{{i}}","kind":"file","size":{{i}},"digest":"d"}""" + "\n"));
        await using FakeServer server = new((_, stream) => FakeServer.WriteChunksAsync(stream, lines, size));
        List<FileEntry> entries = await server.Client.ListFilesAsync("x@master:/", true, null, null, CancellationToken.None).ToListAsync();
        Assert.Equal(300, entries.Count);
        Assert.Equal(new FileEntry("/ä299", FileKind.File, 299, "d"), entries[^1]);
    }

    [Fact]
    public async Task A_stream_that_fails_midway_throws_what_its_last_line_says()
    {
        string body = """{"path":"/a","kind":"file","size":1,"digest":"d"}""" + "\n" + """{"problem":{"kind":"corrupt","message":"blob d is damaged"}}""" + "\n";
        await using FakeServer server = new((_, stream) => FakeServer.WriteChunksAsync(stream, body, 9));
        List<string> seen = [];
        ApiException exception = await Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (FileEntry entry in server.Client.ListFilesAsync("x@master:/", true, null, null, CancellationToken.None))
            {
                seen.Add(entry.Path);
            }
        });
        Assert.Equal(["/a"], seen);
        Assert.Equal(ProblemKinds.Corrupt, exception.Problem.Kind);
    }

    [Fact]
    public async Task An_answer_that_is_cut_short_is_an_error()
    {
        await using FakeServer server = new(async (_, stream) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"u8.ToArray()));
        using Stream body = await server.Client.GetFileAsync("x@master:/f", 0, CancellationToken.None);
        using MemoryStream copy = new();
        await Assert.ThrowsAsync<EndOfStreamException>(() => body.CopyToAsync(copy));
        Assert.Equal("abc", Encoding.ASCII.GetString(copy.ToArray()));
    }

    [Fact]
    public async Task A_range_asks_for_the_rest_of_a_file()
    {
        await using FakeServer server = new((_, stream) => FakeServer.WriteAsync(stream, 206, "rest"));
        using Stream body = await server.Client.GetFileAsync("x@master:/f", 1024, CancellationToken.None);
        using StreamReader reader = new(body);
        Assert.Equal("rest", await reader.ReadToEndAsync());
        Assert.Equal("bytes=1024-", server.Requests.Single().Header("Range"));
    }

    [Fact]
    public async Task No_server_is_unreachable_with_a_hint()
    {
        SlipwayClient client = new(SocketConnector.ForUnix("/nowhere/slipway.sock"));
        ApiException exception = await Assert.ThrowsAsync<ApiException>(() => client.GetVersionAsync(CancellationToken.None));
        Assert.True(exception.Is(ProblemKinds.Unreachable));
        Assert.Contains("slipway serve", exception.Problem.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unix:///run/slipway.sock", true)]
    [InlineData("/run/slipway.sock", true)]
    [InlineData("http://127.0.0.1:7007", true)]
    [InlineData("tcp://[::1]:7007", true)]
    [InlineData("ftp://host:1", false)]
    [InlineData("slipway.sock", false)]
    public void Addresses_are_sockets_or_hosts(string text, bool valid) => Assert.Equal(valid, SocketConnector.TryParse(text) is not null);
}
