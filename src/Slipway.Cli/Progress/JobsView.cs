using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Progress;

/// <summary>Waits for all that one commit causes: a line for each job as it ends, on a terminal one line for those that run.</summary>
internal sealed class JobsView(CommandContext context)
{
    private readonly HashSet<string> told = [];
    private volatile WaitProgress? latest;

    /// <returns>Where everything stood at the end.</returns>
    public async Task<WaitProgress> WaitAsync(string id, CancellationToken cancellationToken)
    {
        using ProgressLine line = new(context, CurrentLine);
        await foreach (WaitProgress progress in context.Client.WaitAsync(id, cancellationToken).ConfigureAwait(false))
        {
            latest = progress;
            foreach (JobInfo job in progress.Jobs)
            {
                if (IsOver(job) && told.Add(job.Id))
                {
                    line.WriteLine(context.Error, Line(job, context.Terminal.ErrorStyle));
                }
            }

            if (progress.Done)
            {
                return progress;
            }
        }

        throw new CliException("the server ended the wait before everything was done", $"ask again: slipway wait {id}");
    }

    /// <summary>Waits for what some changes caused, and for whatever else still runs in some pipelines.</summary>
    /// <returns>The worst exit code of all.</returns>
    public async Task<int> WaitForPipelinesAsync(IReadOnlySet<string> pipelines, IEnumerable<string> caused, CancellationToken cancellationToken)
    {
        List<string> ids = [.. caused];
        foreach (JobInfo job in await context.Client.ListJobsAsync(null, null, cancellationToken).ConfigureAwait(false))
        {
            if (!IsOver(job) && pipelines.Contains(job.Pipeline))
            {
                ids.Add(job.GlobalId);
            }
        }

        int code = ExitCodes.Success;
        foreach (string id in ids.Distinct())
        {
            code = Math.Max(code, CodeOf(await WaitAsync(id, cancellationToken).ConfigureAwait(false)));
        }

        return code;
    }

    public static bool IsOver(JobInfo job) => job.State is JobState.Succeeded or JobState.Failed or JobState.Killed;

    /// <summary>The worst that happened, as an exit code.</summary>
    public static int CodeOf(WaitProgress progress) =>
        progress.Jobs.Any(static job => job.State is JobState.Failed or JobState.Killed) || progress.Commits.Any(static commit => commit.State == CommitState.Failed)
            ? ExitCodes.Failure
            : ExitCodes.Success;

    /// <summary>"✓ train  3 datums: 1 ran, 2 skipped  2.4 s".</summary>
    internal static string Line(JobInfo job, Style style)
    {
        string mark = job.State switch
        {
            JobState.Succeeded => style.Green("✓"),
            JobState.Failed => style.Red("✗"),
            JobState.Killed => style.Yellow("■"),
            _ => "…",
        };
        string time = job.Started is { } started && job.Finished is { } finished ? "  " + Format.Duration(finished - started) : "";
        string error = job.State is JobState.Failed && job.Error is not null ? "\n  " + string.Join("\n  ", TextLayout.PrintableLines(job.Error)) : "";
        string logs = error.Length == 0 || error.Contains("slipway logs", StringComparison.Ordinal) ? "" : $"\n  slipway logs --job {job.Id}";
        return $"{mark} {job.Pipeline}  {Counts(job.Counts)}{time}{error}{logs}";
    }

    internal static string Counts(DatumCounts counts)
    {
        List<string> parts = [];
        Add(counts.Processed, "ran");
        Add(counts.Skipped, "skipped");
        Add(counts.Recovered, "recovered");
        Add(counts.Failed, "failed");
        Add(counts.Running, "running");
        return Format.Count(counts.Total, "datum") + (parts.Count == 0 ? "" : ": " + string.Join(", ", parts));

        void Add(long count, string word)
        {
            if (count > 0)
            {
                parts.Add($"{count} {word}");
            }
        }
    }

    private string? CurrentLine() => latest is { Done: false } progress
        ? string.Join(" · ", progress.Jobs.Where(static job => !IsOver(job)).Select(static job => $"{job.Pipeline} {job.Counts.Done}/{job.Counts.Total}"))
        : null;
}
