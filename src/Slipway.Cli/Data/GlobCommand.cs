using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class GlobCommand : CliCommand
{
    private readonly Argument<string> pattern = Declare.Required("REPO@REVISION:PATTERN", "A pattern as in a pipeline's input");
    private readonly Option<bool> quiet = Declare.Quiet("paths");
    private readonly Option<string?> format = Declare.Output();

    public GlobCommand()
        : base("glob", "List what a glob pattern matches")
    {
        Add(pattern);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway glob 'images@master:/*'", "Each would be a datum of a pipeline with the glob /*"),
        new("slipway glob 'images@master:/**.png'", "Every PNG, in any folder"),
    ];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(pattern)!);
        return FileTable.WriteAsync(
            context,
            context.Client.GlobAsync(address.Commit, address.Path ?? "/*", cancellationToken),
            Declare.IsJson(parsed.GetValue(format)),
            parsed.GetValue(quiet),
            cancellationToken);
    }
}
