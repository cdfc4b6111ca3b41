using Slipway.Api;
using Slipway.Api.Tests;

namespace Slipway.Cli.Tests.Containers;

public sealed class PsCommandTests
{
    private const string Answer = """
        [{"id":"0123456789abcdef0123","name":"web","image":"app","command":["serve","--port=80"],"status":"running","oomKilled":false,"created":"2026-11-21T11:00:00Z","started":"2026-11-21T11:55:00Z"},
         {"id":"fedcba9876543210","name":"old","image":"app","command":["x"],"status":"exited","exitCode":137,"oomKilled":true,"created":"2026-11-20T11:00:00Z","finished":"2026-11-21T11:59:59Z"}]
        """;

    [Fact]
    public async Task Containers_are_a_table_ids_or_json()
    {
        await using FakeServer server = FakeServer.Json(("GET /api/v1/containers", Answer));
        using (TestWorld world = new(server))
        {
            Assert.Equal(0, await world.RunAsync("ps", "-a"));
            Assert.Equal(
                """
                CONTAINER ID  IMAGE  COMMAND          CREATED       STATUS                                    NAME
                0123456789ab  app    serve --port=80  1 hour ago    Up 5 minutes                              web
                fedcba987654  app    x                25 hours ago  Exited (137, out of memory) 1 second ago  old

                """,
                world.Out.ToString());
            Assert.Equal("/api/v1/containers?all=true", server.Requests.Single().Path);
        }

        using (TestWorld world = new(server))
        {
            await world.RunAsync("ps", "-q");
            Assert.Equal("0123456789ab\nfedcba987654\n", world.Out.ToString());
        }

        using (TestWorld world = new(server))
        {
            await world.RunAsync("ps", "-o", "json");
            IReadOnlyList<ContainerSummary> read = System.Text.Json.JsonSerializer.Deserialize(world.Out.ToString(), ApiJson.Default.IReadOnlyListContainerSummary)!;
            Assert.Equal(["web", "old"], read.Select(static container => container.Name));
        }
    }

    [Fact]
    public async Task One_failure_does_not_keep_the_others_from_being_stopped()
    {
        await using FakeServer server = FakeServer.Json(("POST /api/v1/containers/b/stop", ""));
        using TestWorld world = new(server);
        Assert.Equal(1, await world.RunAsync("stop", "-t", "3", "a", "b"));
        Assert.Equal("b\n", world.Out.ToString());
        Assert.Equal("error: nothing there\nhint: try another\n", world.Error.ToString());
        Assert.Equal("/api/v1/containers/b/stop?timeout=3", server.Requests.Last().Path);
    }

    [Fact]
    public async Task Logs_keep_each_line_in_its_stream()
    {
        await using FakeServer server = FakeServer.Json(("GET /api/v1/containers/web/logs", """
            {"stream":"stdout","time":"2026-11-21T11:00:00Z","text":"one\n"}
            {"stream":"stderr","time":"2026-11-21T11:00:01Z","data":"/wo="}
            """));
        using TestWorld world = new(server);
        Assert.Equal(0, await world.RunAsync("logs", "web", "--tail", "5", "-t"));
        Assert.Equal("2026-11-21T11:00:00.000Z one\n", System.Text.Encoding.UTF8.GetString(world.Bytes.ToArray()));
        Assert.Equal([0xff, 0x0a], world.ErrorBytes.ToArray()[^2..]);
        Assert.Equal("/api/v1/containers/web/logs?tail=5", server.Requests.Single().Path);
    }
}
