using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Projects;

/// <summary>A project's plan, with what only this side can know: which data differ.</summary>
internal sealed record ProjectChanges(ProjectPlan Plan, IReadOnlyList<DataChange> Data)
{
    public static async Task<ProjectChanges> FindAsync(CommandContext context, ProjectPlan plan, string root, CancellationToken cancellationToken)
    {
        List<DataChange> data = [];
        foreach (ProjectData entry in plan.Data)
        {
            data.Add(await DataComparison.CompareAsync(context, entry, root, cancellationToken).ConfigureAwait(false));
        }

        return new ProjectChanges(plan, data);
    }

    /// <summary>The plan, a line for each thing: + is new, ~ changes, = stays, and ? is known only after the build.</summary>
    public void Write(CommandContext context, string root)
    {
        Style style = context.Terminal.Style;
        context.Out.WriteLine($"{style.Bold(Plan.Name)}{(Plan.Description is null ? "" : "  " + Plan.Description)}  {style.Dim(root)}");
        foreach (ProjectImage image in Plan.Images)
        {
            Line(image.Digest is null ? '+' : '?', "image", image.Tag, image.Digest is null ? $"build {image.Folder}" : $"rebuild {image.Folder} where it changed");
        }

        foreach (ProjectRepo repo in Plan.Repos)
        {
            Line(repo.Exists ? '=' : '+', "repo", repo.Name, repo.Exists ? "unchanged" : "create");
        }

        foreach (DataChange change in Data)
        {
            ProjectData data = change.Data;
            string what = change.Files.Count == 0
                ? "unchanged"
                : $"put {Format.Count(change.Files.Count, "file")} of {change.Total}, {Format.Bytes(change.Bytes)}, from {data.Source}";
            Line(change.Files.Count == 0 ? '=' : '~', "data", $"{data.Repo}@{data.Branch}:{data.Path}", what);
        }

        foreach (ProjectPipeline pipeline in Plan.Pipelines)
        {
            (char mark, string what) = pipeline.Outcome switch
            {
                PipelineOutcome.Created => ('+', "create"),
                PipelineOutcome.Updated => ('~', "update"),
                _ => ('=', "unchanged"),
            };
            Line(mark, "pipeline", pipeline.Name, pipeline.Reason is null ? what : $"{what} ({pipeline.Reason})");
        }

        void Line(char mark, string kind, string name, string what)
        {
            string text = $"{mark} {kind,-8} {TextLayout.Printable(name)}  {what}";
            context.Out.WriteLine("  " + mark switch { '+' => style.Green(text), '~' => style.Yellow(text), '=' => style.Dim(text), _ => text });
        }
    }
}
