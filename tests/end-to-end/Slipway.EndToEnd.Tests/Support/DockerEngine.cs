using System.Diagnostics;

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

    private readonly Process _process;
    private readonly Task<string> _rest;

    private DockerEngine(Process process, string folder)
    {
        _process = process;
        _rest = process.StandardOutput.ReadToEndAsync();
        Environment = new Dictionary<string, string> { ["DOCKER_HOST"] = $"unix://{folder}/docker.sock", ["DOCKER_CONFIG"] = Path.Combine(folder, "config") };
    }

    /// <summary>What makes Docker's client speak to this engine.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Starts it, and waits until it answers.</summary>
    public static async Task<DockerEngine> StartAsync(string folder)
    {
        Assert.True(File.Exists(Dockerd), $"{Dockerd} is missing. Run: make deps-test");
        ProcessStartInfo start = new("unshare", ["--mount", "--propagation", "private", "sh", "-ec", Start, Dockerd, folder]) { RedirectStandardOutput = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("unshare did not start");
        using CancellationTokenSource bound = new(ChildProcess.Bound);
        List<string> said = [];
        while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
        {
            said.Add(line);
            if (line.Contains("API listen on", StringComparison.Ordinal))
            {
                return new DockerEngine(process, folder);
            }
        }

        throw new InvalidOperationException($"dockerd ended:\n{string.Join('\n', said)}");
    }

    public async ValueTask DisposeAsync()
    {
        using (Process kill = Process.Start("kill", [_process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        await _rest;
        _process.Dispose();
    }
}
