using System.CommandLine;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

internal sealed class RemoveCommand : CliCommand
{
    private readonly Argument<string[]> containers = Declare.Many("CONTAINER", "Names, or the beginnings of ids; or REPO@BRANCH:/PATH");
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "Kill it first where it runs");

    public RemoveCommand()
        : base("rm", "Remove containers and what they wrote; or files of a repo")
    {
        Add(containers);
        Add(force);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway rm -f web", "Stop and remove web"),
        new("slipway rm images@master:/2025/", "As slipway file rm"),
    ];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool kill = parsed.GetValue(force);
        string[] names = parsed.GetValue(containers)!;
        return FileRemoval.IsMeant(names)
            ? FileRemoval.RunAsync(context, names, message: null, cancellationToken)
            : EachContainer.DoAsync(context, names, name => context.Client.RemoveContainerAsync(name, kill, cancellationToken));
    }
}
