namespace Slipway.EndToEnd.Support;

/// <summary>
/// Debian's Docker Engine with data of its own, in a mount namespace of its own, so that an engine of the machine is neither used nor disturbed. It makes no
/// network, and so runs nothing: it pulls, tags and pushes.
/// </summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    /// <summary>Debian's client.</summary>
    public const string Client = "/usr/bin/docker";

    private const string Dockerd = "/usr/sbin/dockerd";

    // A /run of its own hides the socket of a containerd that may be running; then dockerd starts one for itself.
    private const string Start = """
        mount -t tmpfs tmpfs /run
        exec "$0" --host "unix://$1/docker.sock" --data-root "$1/data" --exec-root /run/docker --pidfile "$1/dockerd.pid" --storage-driver vfs \
          --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=false 2>&1
        """;

    private readonly ServerProcess _server;

    private DockerEngine(ServerProcess server, string folder)
    {
        _server = server;
        Environment = new Dictionary<string, string> { ["DOCKER_HOST"] = $"unix://{folder}/docker.sock", ["DOCKER_CONFIG"] = Path.Combine(folder, "config") };
    }

    /// <summary>What makes Docker's client speak to this engine.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Starts it, and waits until it answers.</summary>
    public static async Task<DockerEngine> StartAsync(string folder) =>
        new(await ServerProcess.StartAsync(Dockerd, ["unshare", "--mount", "--propagation", "private", "sh", "-ec", Start, Dockerd, folder], "API listen on"), folder);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
