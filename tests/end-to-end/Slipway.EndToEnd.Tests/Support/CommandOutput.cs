namespace Slipway.EndToEnd.Support;

/// <summary>What a command of the binary said and answered.</summary>
internal sealed record CommandOutput(string Command, int ExitCode, string Stdout, string Stderr)
{
    /// <summary>Everything, for the message of a test that fails.</summary>
    public override string ToString() => $"$ {Command}\n{Stdout}{Stderr}(exit code {ExitCode})";
}
