using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Pipelines;

/// <summary>`pipeline create` and `pipeline update`: the same but for what they make of one that exists.</summary>
internal sealed class PipelinePutCommand : CliCommand
{
    private readonly bool update;
    private readonly Option<string[]?> files = Declare.Texts("--file", "-f", "FILE", "Specifications as JSON or YAML; several are allowed, - is stdin");
    private readonly Option<bool> reprocess = Declare.Flag("--reprocess", null, "Run every datum again, known results or not");
    private readonly Option<bool> dryRun = Declare.Flag("--dry-run", null, "Only say what would change");
    private readonly Option<bool> wait = Declare.Flag("--wait", null, "Wait until they have worked through the data that is there");
    private readonly Option<string?> format = Declare.Output();

    public PipelinePutCommand(bool update)
        : base(update ? "update" : "create", update ? "Create pipelines, or bring them to what their specifications say" : "Create pipelines from their specifications")
    {
        this.update = update;
        Add(files);
        Add(reprocess);
        Add(dryRun);
        Add(wait);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => update
        ? [new("slipway pipeline update -f train.json", "After a change of the file, or a new build of its image")]
        : [new("slipway pipeline create -f pre-process.json -f train.json", "Each runs at once on the data that is there"), new("generate-spec | slipway pipeline create -f -", "From a program")];

    public override string Remarks => "Pachyderm's specifications are understood. A field that is not known is an error that names it, its line and the nearest that is.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string[] names = parsed.GetValue(files) is { Length: > 0 } given ? given : throw new CliException("a specification is needed", $"slipway pipeline {Name} -f FILE", usage: true);
        List<(string Name, string Text)> texts = [];
        foreach (string name in names)
        {
            texts.Add((name, await ReadAsync(context, name, cancellationToken).ConfigureAwait(false)));
        }

        List<PipelineChange> changes = [];
        foreach ((string name, string text) in texts)
        {
            PutPipelinesRequest request = new(text, name == "-" ? "stdin" : name, update, parsed.GetValue(reprocess), parsed.GetValue(dryRun));
            IReadOnlyList<PipelineChange> some = await context.Client.PutPipelinesAsync(request, cancellationToken).ConfigureAwait(false);
            changes.AddRange(some);
            if (!json)
            {
                Write(context, some, parsed.GetValue(dryRun));
            }
        }

        if (json)
        {
            JsonOutput.Write(context, changes, ApiJson.Default.IReadOnlyListPipelineChange);
        }

        if (!parsed.GetValue(wait))
        {
            return ExitCodes.Success;
        }

        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> pipelines = [.. changes.Select(static change => change.Name)];
        return await new JobsView(context).WaitForPipelinesAsync(pipelines, changes.Select(static change => change.GlobalId).OfType<string>(), cancellationToken).ConfigureAwait(false);
    }

    private static void Write(CommandContext context, IReadOnlyList<PipelineChange> changes, bool dryRun)
    {
        foreach (PipelineChange change in changes)
        {
            string outcome = change.Outcome switch
            {
                PipelineOutcome.Created => dryRun ? "would be created" : "created",
                PipelineOutcome.Updated => dryRun ? "would be updated" : "updated",
                _ => "unchanged",
            };
            context.Out.WriteLine($"{change.Name}  {outcome}{(change.Reason is null ? "" : $" ({change.Reason})")}");
            foreach (string warning in change.Warnings ?? [])
            {
                context.Error.WriteLine($"{context.Terminal.ErrorStyle.Yellow("warning:")} {warning}");
            }
        }
    }

    private static async Task<string> ReadAsync(CommandContext context, string name, CancellationToken cancellationToken)
    {
        if (name == "-")
        {
            using StreamReader reader = new(context.OpenInput());
            return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }

        string path = context.Resolve(name);
        return File.Exists(path)
            ? await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)
            : throw new CliException($"there is no file '{name}'");
    }
}
