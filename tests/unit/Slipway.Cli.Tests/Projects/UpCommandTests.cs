using Slipway.Api.Tests;

namespace Slipway.Cli.Tests.Projects;

public sealed class UpCommandTests
{
    private static string Plan(string data) => $$"""
        {"name":"iris","repos":[{"name":"training","exists":{{(data.Length > 0 ? "true" : "false")}}}],
         "data":[{"repo":"training","branch":"master","path":"/iris.csv","source":"data/iris.csv"}],
         "pipelines":[{"name":"train","spec":"{}","outcome":"created"}]}
        """;

    [Fact]
    public async Task A_dry_run_shows_the_plan_and_changes_nothing()
    {
        await using FakeServer server = FakeServer.Json(("POST /api/v1/projects/plan", Plan("")));
        using TestWorld world = new(server);
        world.Write("slipway.yaml", "name: iris");
        world.Write("data/iris.csv", "1,2,3");
        Assert.Equal(0, await world.RunAsync("up", "--dry-run"));
        Assert.Contains("+ repo     training  create", world.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("~ data     training@master:/iris.csv  put 1 file of 1, 5 B, from data/iris.csv", world.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("+ pipeline train  create", world.Out.ToString(), StringComparison.Ordinal);
        Assert.Equal(["/api/v1/projects/plan", "/api/v1/files/inspect"], server.Requests.Select(static request => request.Path.Split('?')[0]));
    }

    [Fact]
    public async Task Data_that_agree_by_digest_are_not_sent_again()
    {
        string digest = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("1,2,3"u8));
        await using FakeServer server = FakeServer.Json(
            ("POST /api/v1/projects/plan", Plan("there").Replace("\"created\"", "\"unchanged\"", StringComparison.Ordinal)),
            ("GET /api/v1/files/inspect", $$"""{"path":"/iris.csv","kind":"file","size":5,"digest":"{{digest}}"}"""),
            ("POST /api/v1/pipelines", """[{"name":"train","outcome":"unchanged"}]"""),
            ("GET /api/v1/jobs", "[]"));
        using TestWorld world = new(server);
        world.Write("slipway.yaml", "name: iris");
        world.Write("data/iris.csv", "1,2,3");
        Assert.Equal(0, await world.RunAsync("up"));
        Assert.EndsWith("everything unchanged (0 ms)\n", world.Out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, static request => request.Method == "PUT");
    }

    [Fact]
    public async Task Diagnostics_are_told_line_by_line()
    {
        await using FakeServer server = FakeServer.Json(("POST /api/v1/projects/plan", """{"name":"","diagnostics":["slipway.yaml:2:3: unknown field 'stagse'; did you mean 'stages'?"]}"""));
        using TestWorld world = new(server);
        world.Write("slipway.yaml", "x");
        Assert.Equal(1, await world.RunAsync("up"));
        Assert.Equal("error: slipway.yaml:2:3: unknown field 'stagse'; did you mean 'stages'?\n", world.Error.ToString());
    }

    [Fact]
    public async Task A_folder_without_a_project_is_named()
    {
        using TestWorld world = new();
        Assert.Equal(1, await world.RunAsync("up", "."));
        Assert.Contains("there is no slipway.yaml in '.'", world.Error.ToString(), StringComparison.Ordinal);
    }
}
