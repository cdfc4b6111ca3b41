using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class FileRemoveCommand : CliCommand
{
    private readonly Argument<string[]> files = Declare.Many("REPO@BRANCH:/PATH", "Files or folders, also with * and the like");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history");

    public FileRemoveCommand()
        : base("rm", "Remove files or folders from a repo, as one commit; older commits keep them")
    {
        Add(files);
        Add(message);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway file rm attributes@master:/test2.csv", "The results that came from it go, too")];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        FileRemoval.RunAsync(context, parsed.GetValue(files)!, parsed.GetValue(message), cancellationToken);
}
