using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace Slipway.Cli;

/// <summary>One command: what it takes (declared in its constructor), examples for its help, and what it does.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "The base enumerates its parts; a command is no collection.")]
internal abstract class CliCommand(string name, string description) : Command(name, description)
{
    /// <summary>At least one, shown by --help: a command line and what it does.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    /// <summary>More than its one line, where it needs that.</summary>
    public virtual string? Remarks => null;

    /// <summary>The exit code of a failure of ours.</summary>
    public virtual int FailureCode => ExitCodes.Failure;

    /// <summary>The exit code of a wrong command line.</summary>
    public virtual int UsageCode => ExitCodes.Usage;

    public abstract Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken);
}
