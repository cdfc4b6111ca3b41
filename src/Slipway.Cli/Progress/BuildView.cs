using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Progress;

internal enum BuildProgressStyle
{
    /// <summary>Every line of every step, as it comes.</summary>
    Plain,

    /// <summary>A tree of stages and steps, drawn again in place; the output of a step only while it runs, or when it fails.</summary>
    Terminal,

    /// <summary>The API's records.</summary>
    Json,

    /// <summary>Nothing but failures.</summary>
    Quiet,
}

/// <summary>Shows a build's progress on stderr and keeps its result.</summary>
internal sealed class BuildView : IDisposable
{
    private const int TailLines = 30;

    private readonly CommandContext context;
    private readonly BuildProgressStyle style;
    private readonly Dictionary<int, BuildStepStarted> running = [];
    private readonly Queue<string> tail = [];
    private readonly BuildTree? tree;
    private readonly LiveRegion? region;

    public BuildView(CommandContext context, BuildProgressStyle style)
    {
        (this.context, this.style) = (context, style);
        if (style == BuildProgressStyle.Terminal)
        {
            tree = new BuildTree(context.Time);
            region = new LiveRegion(context, (width, rows) => tree.Lines(width, rows, context.Terminal.ErrorStyle));
        }
    }

    public BuildCompleted? Completed { get; private set; }

    /// <summary>What a failed step left, where that was asked for.</summary>
    public BuildFailureKept? Kept { get; private set; }

    /// <summary>Reads to the end; throws what the build failed of.</summary>
    public async Task<BuildCompleted> ShowAsync(IAsyncEnumerable<BuildProgress> stream, CancellationToken cancellationToken)
    {
        await foreach (BuildProgress progress in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (style == BuildProgressStyle.Json)
            {
                JsonOutput.WriteLine(context, progress, ApiJson.Default.BuildProgress);
                await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            Show(progress);
        }

        region?.Dispose();
        return Completed ?? throw new CliException("the build's progress ended before its result", $"see {context.Server.LogPath}");
    }

    public void Dispose() => region?.Dispose();

    internal void Show(BuildProgress progress)
    {
        switch (progress)
        {
            case BuildStepStarted started:
                running[started.Number] = started;
                region?.Change(() => tree!.Start(started));
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
            case BuildFailureKept kept:
                Kept = kept;
                break;
            case BuildCompleted completed:
                Completed = completed;
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
            region?.Change(() => tree!.Say(output.Number, shown));
            tail.Enqueue(shown);
            if (tail.Count > TailLines)
            {
                tail.Dequeue();
            }

            if (style == BuildProgressStyle.Plain)
            {
                Say(Lead(output.Number) + shown);
            }
        }
    }

    private void ShowPull(BuildPull pull)
    {
        bool isOver = pull.Total > 0 && pull.Done == pull.Total;
        region?.Change(() => tree!.Pulling = isOver ? null : $"pulling {pull.Image}  {Format.Bytes(pull.Done)} of {Format.Bytes(pull.Total)}");
        if (pull is { Done: 0, Total: 0 } && style is (BuildProgressStyle.Plain or BuildProgressStyle.Terminal))
        {
            Say($"pulling {pull.Image}");
        }
    }

    private void ShowFinished(BuildStepFinished finished)
    {
        region?.Change(() => tree!.Finish(finished));
        if (style == BuildProgressStyle.Plain)
        {
            string outcome = finished.Cached ? context.Terminal.ErrorStyle.Cyan("CACHED") : Format.Duration(TimeSpan.FromSeconds(finished.Seconds));
            Say(Lead(finished.Number) + outcome);
        }

        running.Remove(finished.Number);
    }

    // Of steps that run side by side each line says whose it is.
    private string Lead(int number) => running.Count > 1 && running.TryGetValue(number, out BuildStepStarted? step) ? $"[{number}/{step.Total}]   " : "    ";

    private void Fail(BuildFailed failed)
    {
        region?.Change(() => tree!.Break());
        region?.Dispose();
        if (style is BuildProgressStyle.Terminal or BuildProgressStyle.Quiet)
        {
            foreach (string text in tail)
            {
                context.Error.WriteLine("    " + text);
            }
        }

        throw new ApiException(failed.Problem);
    }

    private void Say(string text)
    {
        if (region is null)
        {
            context.Error.WriteLine(text);
            context.Error.Flush();
        }
        else
        {
            region.WriteAbove(text);
        }
    }
}
