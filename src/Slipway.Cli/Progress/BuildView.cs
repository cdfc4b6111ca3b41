using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Progress;

internal enum BuildProgressStyle
{
    /// <summary>Every line of every step, as it comes.</summary>
    Plain,

    /// <summary>A line a step; the output of a step only while it runs, or when it fails.</summary>
    Terminal,

    /// <summary>The API's records.</summary>
    Json,

    /// <summary>Nothing but failures.</summary>
    Quiet,
}

/// <summary>Shows a build's progress on stderr and keeps its result.</summary>
internal sealed class BuildView(CommandContext context, BuildProgressStyle style) : IDisposable
{
    private const int TailLines = 30;

    private readonly Dictionary<int, (BuildStepStarted Step, long Began)> running = [];
    private readonly Queue<string> tail = [];
    private readonly Lock gate = new();
    private ProgressLine? line;
    private string? current;
    private string? pulling;

    public BuildCompleted? Completed { get; private set; }

    /// <summary>What a failed step left, where that was asked for.</summary>
    public BuildFailureKept? Kept { get; private set; }

    /// <summary>Reads to the end; throws what the build failed of.</summary>
    public async Task<BuildCompleted> ShowAsync(IAsyncEnumerable<BuildProgress> stream, CancellationToken cancellationToken)
    {
        line = new ProgressLine(context, () => CurrentLine(), style is BuildProgressStyle.Terminal);
        await foreach (BuildProgress progress in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (style == BuildProgressStyle.Json)
            {
                JsonOutput.WriteLine(context, progress, ApiJson.Default.BuildProgress);
                await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            Show(progress);
        }

        return Completed ?? throw new CliException("the build's progress ended before its result", $"see {context.Server.LogPath}");
    }

    public void Dispose() => line?.Dispose();

    internal void Show(BuildProgress progress)
    {
        switch (progress)
        {
            case BuildStepStarted started:
                lock (gate)
                {
                    running[started.Number] = (started, context.Time.GetTimestamp());
                    current = null;
                }

                tail.Clear();
                if (style == BuildProgressStyle.Plain)
                {
                    Say(Title(started));
                }

                break;
            case BuildStepOutput output:
                ShowOutput(output);
                break;
            case BuildStepFinished finished:
                ShowFinished(finished);
                break;
            case BuildPull pull:
                ShowPull(pull);
                break;
            case BuildWarning warning when style is not (BuildProgressStyle.Json or BuildProgressStyle.Quiet):
                Say($"{context.Terminal.ErrorStyle.Yellow("warning:")} {warning.Text}");
                break;
            case BuildNote note when style is BuildProgressStyle.Plain or BuildProgressStyle.Terminal:
                Say(note.Text);
                break;
            case BuildCompleted completed:
                Completed = completed;
                break;
            case BuildFailureKept kept:
                Kept = kept;
                break;
            case BuildFailed failed:
                Fail(failed);
                break;
        }
    }

    /// <summary>"[2/6] train RUN pip install": the stage only where it has a name.</summary>
    internal static string Title(BuildStepStarted step)
    {
        string stage = step.Stage.Length == 0 || int.TryParse(step.Stage, out _) ? "" : step.Stage + " ";
        return TextLayout.Printable($"[{step.Number}/{step.Total}] {stage}{step.Instruction.ReplaceLineEndings(" ")}");
    }

    private void ShowOutput(BuildStepOutput output)
    {
        foreach (string text in output.Text.TrimEnd('\n').Split('\n'))
        {
            string shown = TextLayout.Printable(text.TrimEnd('\r').Replace("\t", "    ", StringComparison.Ordinal));
            lock (gate)
            {
                current = shown;
            }

            tail.Enqueue(shown);
            if (tail.Count > TailLines)
            {
                tail.Dequeue();
            }

            if (style == BuildProgressStyle.Plain)
            {
                Say("    " + shown);
            }
        }
    }

    private void ShowPull(BuildPull pull)
    {
        lock (gate)
        {
            pulling = pull.Total > 0 && pull.Done == pull.Total ? null : $"  pulling {pull.Image}  {Format.Bytes(pull.Done)} of {Format.Bytes(pull.Total)}";
        }

        if (pull is { Done: 0, Total: 0 } && style is BuildProgressStyle.Plain or BuildProgressStyle.Terminal)
        {
            Say($"pulling {pull.Image}");
        }
    }

    private void ShowFinished(BuildStepFinished finished)
    {
        BuildStepStarted? step;
        lock (gate)
        {
            step = running.Remove(finished.Number, out (BuildStepStarted Step, long Began) known) ? known.Step : null;
        }

        Style paint = context.Terminal.ErrorStyle;
        string outcome = finished.Cached ? paint.Cyan("CACHED") : Format.Duration(TimeSpan.FromSeconds(finished.Seconds));
        if (style == BuildProgressStyle.Plain)
        {
            Say($"    {outcome}");
        }
        else if (style == BuildProgressStyle.Terminal && step is not null)
        {
            int width = (context.Terminal.Width ?? 100) - 12;
            Say($"{paint.Green("✓")} {TextLayout.Cut(Title(step), width)}  {outcome}");
        }
    }

    private void Fail(BuildFailed failed)
    {
        if (style is BuildProgressStyle.Terminal or BuildProgressStyle.Quiet)
        {
            foreach (string text in tail)
            {
                Say("    " + text);
            }
        }

        line?.Dispose();
        throw new ApiException(failed.Problem);
    }

    private string? CurrentLine()
    {
        lock (gate)
        {
            foreach ((BuildStepStarted step, long began) in running.Values)
            {
                return $"  {Title(step)}  {Format.Duration(context.Time.GetElapsedTime(began))}{(current is null ? "" : "  " + current)}";
            }

            return pulling;
        }
    }

    private void Say(string text)
    {
        if (line is null)
        {
            context.Error.WriteLine(text);
        }
        else
        {
            line.WriteLine(context.Error, text);
        }
    }
}
