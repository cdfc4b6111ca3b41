using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Containers;

internal sealed class PsCommand : CliCommand
{
    private readonly Option<bool> all = Declare.Flag("--all", "-a", "Those that have ended, too");
    private readonly Option<bool> quiet = Declare.Quiet("ids");
    private readonly Option<bool> noTruncation = Declare.Flag("--no-trunc", null, "Whole ids and commands");
    private readonly Option<string?> format = Declare.Output();

    public PsCommand()
        : base("ps", "List containers")
    {
        Add(all);
        Add(quiet);
        Add(noTruncation);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway ps -a", "Running and ended containers"),
        new("slipway rm $(slipway ps -aq)", "Remove all that have ended"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        bool whole = parsed.GetValue(noTruncation);
        IReadOnlyList<ContainerSummary> containers = await context.Client.ListContainersAsync(parsed.GetValue(all), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, containers, ApiJson.Default.IReadOnlyListContainerSummary);
            return ExitCodes.Success;
        }

        if (parsed.GetValue(quiet))
        {
            foreach (ContainerSummary container in containers)
            {
                context.Out.WriteLine(whole ? container.Id : Format.ShortId(container.Id));
            }

            return ExitCodes.Success;
        }

        DateTimeOffset now = context.Time.GetUtcNow();
        Table table = new("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "NAME");
        foreach (ContainerSummary container in containers)
        {
            string command = string.Join(' ', container.Command);
            table.Add(
                whole ? container.Id : Format.ShortId(container.Id),
                container.Image,
                whole ? command : TextLayout.Cut(command, 30),
                Format.Ago(container.Created, now),
                Status(container, now),
                container.Name);
        }

        table.Write(context);
        return ExitCodes.Success;
    }

    internal static string Status(ContainerSummary container, DateTimeOffset now) => container.Status switch
    {
        ContainerStatus.Created => "Created",
        ContainerStatus.Running => $"Up {Format.Span(now - (container.Started ?? container.Created))}",
        _ => $"Exited ({container.ExitCode}{(container.OomKilled ? ", out of memory" : "")}) {Format.Ago(container.Finished ?? container.Created, now)}",
    };
}
