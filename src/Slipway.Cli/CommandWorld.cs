using System.Text;
using Slipway.Cli.Output;
using Slipway.Cli.Servers;

namespace Slipway.Cli;

/// <summary>The real world of a command: this process's streams, terminal and environment. The one place that touches them.</summary>
internal static class CommandWorld
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static CommandContext Create() => new()
    {
        Out = Writer(1),
        Error = Writer(2, flush: true),
        Terminal = TerminalView.Detect(Environment.GetEnvironmentVariable),
        Environment = Environment.GetEnvironmentVariable,
        UserName = static () => Environment.UserName,
        Time = TimeProvider.System,
        WorkingDirectory = Environment.CurrentDirectory,
        OpenInput = static () => new StandardStream(0),
        OpenOutput = static () => new StandardStream(1),
        OpenErrorOutput = static () => new StandardStream(2),
        Server = ServerAddress.From(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess),
    };

    private static StreamWriter Writer(int descriptor, bool flush = false) => new(new StandardStream(descriptor), Utf8, 4096) { AutoFlush = flush, NewLine = "\n" };
}
