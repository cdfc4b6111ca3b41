namespace Slipway.Cli;

/// <summary>A failure that the command itself found: the line for the person, how to mend it, and whether their words were at fault.</summary>
internal sealed class CliException(string message, string? hint = null, bool usage = false) : Exception(message)
{
    public string? Hint { get; } = hint;

    /// <summary>The command line is wrong, rather than the world.</summary>
    public bool Usage { get; } = usage;
}
