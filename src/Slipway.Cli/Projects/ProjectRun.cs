using Slipway.Api;
using Slipway.Cli.Builds;
using Slipway.Cli.Data;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Projects;

/// <summary>
/// Carries a plan out: images, repos, data, pipelines, then the wait. Data go in before pipelines are made, so that a first run works on all of it at once.
/// </summary>
internal sealed class ProjectRun(CommandContext context, ProjectChanges changes, string root)
{
    private readonly List<string> caused = [];
    private int changed;

    public async Task<int> RunAsync(bool wait, CancellationToken cancellationToken)
    {
        long began = context.Time.GetTimestamp();
        await BuildAsync(cancellationToken).ConfigureAwait(false);
        foreach (ProjectRepo repo in changes.Plan.Repos.Where(static repo => !repo.Exists))
        {
            await context.Client.CreateRepoAsync(new CreateRepoRequest(repo.Name, repo.Description, IfMissing: true), cancellationToken).ConfigureAwait(false);
            Say($"repo {repo.Name} created");
        }

        await PutAsync(cancellationToken).ConfigureAwait(false);
        await UpdatePipelinesAsync(cancellationToken).ConfigureAwait(false);
        int code = wait
            ? await new JobsView(context).WaitForPipelinesAsync(changes.Plan.Pipelines.Select(static pipeline => pipeline.Name).ToHashSet(), caused, cancellationToken).ConfigureAwait(false)
            : ExitCodes.Success;
        string time = Format.Duration(context.Time.GetElapsedTime(began));
        context.Out.WriteLine(changed == 0 && code == ExitCodes.Success
            ? $"everything unchanged ({time})"
            : $"{Format.Count(changed, "change")}{(code == ExitCodes.Success ? "" : ", and jobs that failed")} ({time})");
        return code;
    }

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        BuildProgressStyle style = context.Terminal.ErrorOutput ? BuildProgressStyle.Terminal : BuildProgressStyle.Quiet;
        foreach (ProjectImage image in changes.Plan.Images)
        {
            BuildContext source = await BuildContext.OpenAsync(
                context, Path.GetFullPath(image.Folder, root), Path.GetFullPath(image.Dockerfile, Path.GetFullPath(image.Folder, root)), cancellationToken).ConfigureAwait(false);
            IReadOnlyDictionary<string, string> arguments = image.BuildArgs ?? new Dictionary<string, string>();
            BuildOptions options = new()
            {
                Tags = [image.Tag],
                DockerfileName = Path.Join(image.Folder, image.Dockerfile),
                BuildArgs = arguments,
                Target = image.Target,
                SourceDateEpoch = BuildRun.SourceDateEpoch(context, arguments),
            };
            BuildCompleted built = await BuildRun.RunAsync(context, source, options, style, cancellationToken).ConfigureAwait(false);
            if (built.Digest != image.Digest)
            {
                Say($"image {image.Tag} built, {Format.Count(built.StepsRun, "step")} ran, {built.StepsCached} cached");
            }
        }
    }

    private async Task PutAsync(CancellationToken cancellationToken)
    {
        foreach (DataChange change in changes.Data.Where(static change => change.Files.Count > 0))
        {
            ProjectData data = change.Data;
            DataAddress target = new(data.Repo, data.Branch, data.Path);
            PutOptions options = new($"slipway up {changes.Plan.Name}", Author.Of(context));
            PutResult result = change.Files is [{ Name: "" }]
                ? await PutRun.RunAsync(context, target, [Path.GetFullPath(data.Source, root)], options, cancellationToken).ConfigureAwait(false)
                : await PutRun.PutManyAsync(context, target, change.Files, options, cancellationToken).ConfigureAwait(false);
            caused.Add(result.Commit.GlobalId);
            Say($"data {target} put, {Format.Count(result.Files, "file")}, {Format.Bytes(result.Bytes)}");
        }
    }

    private async Task UpdatePipelinesAsync(CancellationToken cancellationToken)
    {
        foreach (ProjectPipeline pipeline in changes.Plan.Pipelines)
        {
            PutPipelinesRequest request = new(pipeline.Spec, $"{pipeline.Name}.json", Update: true);
            foreach (PipelineChange change in await context.Client.PutPipelinesAsync(request, cancellationToken).ConfigureAwait(false))
            {
                if (change.GlobalId is not null)
                {
                    caused.Add(change.GlobalId);
                }

                if (change.Outcome != PipelineOutcome.Unchanged)
                {
                    Say($"pipeline {change.Name} {(change.Outcome == PipelineOutcome.Created ? "created" : "updated")}{(change.Reason is null ? "" : $" ({change.Reason})")}");
                }
            }
        }
    }

    private void Say(string text)
    {
        changed++;
        context.Out.WriteLine($"{context.Terminal.Style.Green("✓")} {text}");
        context.Out.Flush();
    }
}
