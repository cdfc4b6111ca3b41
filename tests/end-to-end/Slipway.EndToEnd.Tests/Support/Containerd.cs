namespace Slipway.EndToEnd.Support;

/// <summary>Debian's containerd with data and sockets of its own. It runs nothing: it pulls, unpacks, tags and pushes.</summary>
internal sealed class Containerd : IAsyncDisposable
{
    /// <summary>Its client.</summary>
    public const string Client = "/usr/bin/ctr";

    private const string Server = "/usr/bin/containerd";

    private readonly ServerProcess _server;

    private Containerd(ServerProcess server, string folder)
    {
        _server = server;
        At = ["--address", Socket(folder)];
    }

    /// <summary>The options that make its client speak to this one.</summary>
    public string[] At { get; }

    /// <summary>Starts it, and waits until it answers.</summary>
    public static async Task<Containerd> StartAsync(string folder)
    {
        string config = Path.Combine(folder, "config.toml");
        await File.WriteAllTextAsync(config, $"""
            version = 2
            root = "{folder}/root"
            state = "{folder}/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "{Socket(folder)}"
            [plugins."io.containerd.internal.v1.opt"]
              path = "{folder}/opt"
            """);
        return new(await ServerProcess.StartAsync(Server, ["sh", "-c", "exec \"$0\" --config \"$1\" 2>&1", Server, config], "successfully booted"), folder);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Socket(string folder) => Path.Combine(folder, "containerd.sock");
}
