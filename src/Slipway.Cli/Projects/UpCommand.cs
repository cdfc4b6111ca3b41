using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Projects;

internal sealed class UpCommand : CliCommand
{
    private const string ProjectFile = "slipway.yaml";

    private readonly Argument<string?> project = Declare.Optional("FOLDER", "The project; default: this folder");
    private readonly Option<bool> dryRun = Declare.Flag("--dry-run", null, "Only show the plan");
    private readonly Option<bool> noWait = Declare.Flag("--no-wait", null, "Don't wait for the jobs");

    public UpCommand()
        : base("up", "Bring a project to what its slipway.yaml says: images, repos, data, pipelines")
    {
        Add(project);
        Add(dryRun);
        Add(noWait);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway up", "Build, create, put and update what differs; wait for the results"),
        new("slipway up examples/iris --dry-run", "Show the plan of another folder's project"),
    ];

    public override string Remarks => "What agrees already is left alone, so a second run changes nothing.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string given = parsed.GetValue(project) ?? ".";
        string path = context.Resolve(given);
        string file = Directory.Exists(path) ? Path.Combine(path, ProjectFile) : path;
        if (!File.Exists(file))
        {
            throw new CliException($"there is no {ProjectFile} in '{given}'", "slipway up FOLDER names another folder");
        }

        string text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        string shown = Directory.Exists(path) ? Path.Join(given == "." ? "" : given, ProjectFile) : given;
        ProjectPlan plan = await context.Client.PlanProjectAsync(new ProjectPlanRequest(text, shown), cancellationToken).ConfigureAwait(false);
        if (plan.Diagnostics.Count > 0)
        {
            throw new CliException(string.Join('\n', plan.Diagnostics));
        }

        string root = Path.GetDirectoryName(file)!;
        ProjectChanges changes = await ProjectChanges.FindAsync(context, plan, root, cancellationToken).ConfigureAwait(false);
        changes.Write(context, root);
        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        return parsed.GetValue(dryRun)
            ? ExitCodes.Success
            : await new ProjectRun(context, changes, root).RunAsync(!parsed.GetValue(noWait), cancellationToken).ConfigureAwait(false);
    }
}
