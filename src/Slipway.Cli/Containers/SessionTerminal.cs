using Slipway.Linux;

namespace Slipway.Cli.Containers;

/// <summary>The size of our terminal, in the API's words.</summary>
internal static class SessionTerminal
{
    public static Api.TerminalSize? Size => Terminal.Size is { } size ? new Api.TerminalSize(size.Rows, size.Columns) : null;
}
