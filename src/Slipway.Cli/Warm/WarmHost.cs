using System.Text;
using Slipway.Api;
using Slipway.Cli.Output;
using Slipway.Cli.Servers;

namespace Slipway.Cli.Warm;

/// <summary>The server's side of a warm command: the same command line over the client's words, variables and working folder.</summary>
public static class WarmHost
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc cref="CommandRunner"/>
    public static async Task<int?> RunAsync(CommandCall call, IServerConnector server, Stream output, Stream error, CancellationToken cancellationToken)
    {
        // The client looked at its words before it asked; we do not take its word for it.
        string[] args = [.. call.Arguments];
        if (!WarmCommands.Match(args, []))
        {
            return null;
        }

        Dictionary<string, string> variables = call.Variables();
        CommandContext context = new()
        {
            Out = new StreamWriter(output, Utf8, 4096) { NewLine = "\n" },
            Error = new StreamWriter(error, Utf8, 4096) { NewLine = "\n", AutoFlush = true },
            Terminal = TerminalView.Plain,
            Environment = variables.GetValueOrDefault,
            UserName = static () => Environment.UserName,
            Time = TimeProvider.System,
            WorkingDirectory = call.WorkingDirectory,
            OpenInput = static () => Stream.Null,
            OpenOutput = () => output,
            OpenErrorOutput = () => error,
            Server = ServerAddress.From(variables.GetValueOrDefault, Environment.IsPrivilegedProcess),
            Connector = server,
        };
        if (WarmCommands.UsesLogins(args) && DockerConfig.AsksHelpers(DockerConfig.PathOf(context.Environment, context.WorkingDirectory)))
        {
            return null; // A credential helper is to run in the client's environment, as the client's child.
        }

        return await CliApp.RunAsync(args, context, cancellationToken).ConfigureAwait(false);
    }
}
