using Slipway.Linux;

namespace Slipway.Cli.Output;

/// <summary>What we may assume of where our output goes.</summary>
/// <param name="Input">stdin is a terminal.</param>
/// <param name="Output">stdout is a terminal.</param>
/// <param name="ErrorOutput">stderr is a terminal.</param>
/// <param name="Width">Columns of the terminal at stdout; null elsewhere: nothing is cut.</param>
internal sealed record TerminalView(bool Input, bool Output, bool ErrorOutput, int? Width, Style Style, Style ErrorStyle)
{
    /// <summary>Neither colours nor widths: a pipe, a file, a test.</summary>
    public static TerminalView Plain { get; } = new(false, false, false, null, Style.None, Style.None);

    public static TerminalView Detect(Func<string, string?> environment)
    {
        bool output = Terminal.IsOutput;
        bool error = Terminal.IsErrorOutput;
        bool colours = string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") is not (null or "" or "dumb");
        return new TerminalView(
            Terminal.IsInput, output, error, output ? Terminal.Size?.Columns is int width and > 0 ? width : 80 : null, new Style(colours && output), new Style(colours && error));
    }
}
