using System.Text;
using Slipway.Api;
using Slipway.Api.Tests;
using Slipway.Cli.Warm;

namespace Slipway.Cli.Tests.Warm;

/// <summary>The server's side of a warm command, over a fake server.</summary>
public sealed class WarmHostTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-warm-").FullName;
    private readonly MemoryStream output = new();
    private readonly MemoryStream error = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_asks_the_server_that_it_is_given_and_writes_to_the_streams()
    {
        await using FakeServer server = FakeServer.Json(("GET /api/v1/repos", "[]"));
        Assert.Equal(0, await RunAsync(server, "repo", "ls", "-o", "json"));
        Assert.Equal("[]\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Empty(error.ToArray());
        Assert.Equal(2, await RunAsync(server, "repo", "ls", "-o", "yaml"));
        Assert.StartsWith("error: there is no output format 'yaml'\nhint: ", Encoding.UTF8.GetString(error.ToArray()), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Relative_paths_start_from_the_clients_folder()
    {
        await using FakeServer server = FakeServer.Json();
        Assert.Equal(1, await RunAsync(server, "build", "nowhere"));
        Assert.Contains("there is no folder 'nowhere' to build from", Encoding.UTF8.GetString(error.ToArray()), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder, "nowhere"));
        error.SetLength(0);
        Assert.Equal(1, await RunAsync(server, "build", "nowhere"));
        Assert.Contains("there is no Dockerfile 'nowhere/Dockerfile'", Encoding.UTF8.GetString(error.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_client_should_not_have_asked_for_is_not_done()
    {
        await using FakeServer server = FakeServer.Json();
        Assert.Null(await RunAsync(server, "run", "busybox"));
        Assert.Null(await RunAsync(server, "build", "-o", "out", "."));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("""{"credsStore":"pass"}""", true)]
    [InlineData("""{"credHelpers":{"registry.example.com":"pass"}}""", true)]
    [InlineData("""{"credHelpers":{},"auths":{}}""", false)]
    [InlineData("no JSON", false)]
    public async Task Credential_helpers_stay_with_the_client(string config, bool declined)
    {
        await using FakeServer server = FakeServer.Json(("GET /api/v1/repos", "[]"));
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        Assert.Equal(declined, await RunAsync(server, "push", "registry.example.com/app") is null);
        Assert.Equal(0, await RunAsync(server, "repo", "ls"));
    }

    private Task<int?> RunAsync(FakeServer server, params string[] args) => WarmHost.RunAsync(
        new CommandCall
        {
            Program = default,
            WorkingDirectory = folder,
            Arguments = args,
            Environment = Encoding.UTF8.GetBytes($"DOCKER_CONFIG={folder}\0SLIPWAY_HOME={folder}\0"),
            Seen = [],
        },
        SocketConnector.ForUnix(server.Path),
        output,
        error,
        CancellationToken.None);
}
