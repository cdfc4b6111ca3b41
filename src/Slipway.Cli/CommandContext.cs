using Slipway.Api;
using Slipway.Cli.Output;
using Slipway.Cli.Servers;

namespace Slipway.Cli;

/// <summary>The world of a command, so that it can be tested in another: writers, terminal, environment, clock, folder and server.</summary>
internal sealed class CommandContext
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TerminalView Terminal { get; init; }

    /// <summary>Reads a variable; null when unset.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Who runs us.</summary>
    public required Func<string> UserName { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>What relative paths start from.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The bytes of stdin, unbuffered.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>stdout for bytes; the writer <see cref="Out"/> must be flushed before.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    public required Func<Stream> OpenErrorOutput { get; init; }

    public required ServerAddress Server { get; init; }

    /// <summary>How the server is reached where that is known already: a warm command runs within it.</summary>
    public IServerConnector? Connector { get; init; }

    /// <summary>The client; its first call starts the local server where none runs.</summary>
    public SlipwayClient Client => field ??= new SlipwayClient(Connector ?? Server.Connect(this));

    /// <summary>Who our user is to registries.</summary>
    public DockerConfig ReadLogins() => DockerConfig.Read(Environment, WorkingDirectory);

    public string Resolve(string path) => Path.GetFullPath(path, WorkingDirectory);
}
