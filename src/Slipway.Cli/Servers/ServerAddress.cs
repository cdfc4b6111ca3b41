using Slipway.Api;

namespace Slipway.Cli.Servers;

/// <summary>Where the server is: the one of a home folder, started when needed, or one that SLIPWAY_HOST names.</summary>
/// <param name="Home">The folder of the local server's state.</param>
/// <param name="Host">SLIPWAY_HOST; null: the local server.</param>
internal sealed record ServerAddress(string Home, string? Host)
{
    public string SocketPath => Path.Combine(Home, "slipway.sock");

    public string LogPath => Path.Combine(Home, "daemon.log");

    /// <summary>SLIPWAY_HOME; else /var/lib/slipway for root; else slipway in XDG_STATE_HOME, by default ~/.local/state.</summary>
    public static ServerAddress From(Func<string, string?> environment, bool root)
    {
        string? home = Set("SLIPWAY_HOME");
        if (home is null && root)
        {
            home = "/var/lib/slipway";
        }

        home ??= Path.Combine(Set("XDG_STATE_HOME") ?? Path.Combine(Set("HOME") ?? "/tmp", ".local", "state"), "slipway");
        return new ServerAddress(Path.GetFullPath(home), Set("SLIPWAY_HOST"));

        string? Set(string name) => environment(name) is { Length: > 0 } value ? value : null;
    }

    /// <summary>Connects, and starts the local server where none answers.</summary>
    public IServerConnector Connect(CommandContext context) => Host is null ? new LocalServer(this, context.Time, start: true) : Remote(Host);

    /// <summary>Connects to what runs already.</summary>
    public IServerConnector ConnectToRunning(TimeProvider time) => Host is null ? new LocalServer(this, time, start: false) : Remote(Host);

    private static SocketConnector Remote(string host) => SocketConnector.TryParse(host)
        ?? throw new CliException($"SLIPWAY_HOST is '{host}', which is no address", "use unix:///path/slipway.sock or http://host:port");
}
