using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Progress;

/// <summary>
/// A build as a tree: its stages, and below each the steps with their times or CACHED, and what a running one says. State only; somebody else draws it.
/// </summary>
internal sealed class BuildTree(TimeProvider time)
{
    private const int OutcomeColumns = 12;

    private readonly SortedDictionary<int, Step> steps = [];
    private readonly long began = time.GetTimestamp();
    private int total;

    /// <summary>What is said of an image that is being brought, before any step can run; null: none is.</summary>
    public string? Pulling { get; set; }

    public void Start(BuildStepStarted started)
    {
        total = started.Total;
        steps[started.Number] = new Step(started, time.GetTimestamp());
    }

    /// <summary>The last line that a step said; it is shown while the step runs.</summary>
    public void Say(int number, string text)
    {
        if (steps.TryGetValue(number, out Step? step) && text.Trim().Length > 0)
        {
            step.Saying = text;
        }
    }

    public void Finish(BuildStepFinished finished)
    {
        if (steps.TryGetValue(finished.Number, out Step? step))
        {
            (step.Took, step.Cached) = (TimeSpan.FromSeconds(finished.Seconds), finished.Cached);
        }
    }

    /// <summary>Every step that runs is where the build broke off.</summary>
    public void Break()
    {
        foreach (Step step in steps.Values.Where(static step => step.Took is null))
        {
            (step.Took, step.Broken) = (time.GetElapsedTime(step.Began), true);
        }
    }

    /// <summary>The tree.</summary>
    /// <param name="width">Columns that a line may take.</param>
    /// <param name="rows">Lines that there may be: beyond them the steps that ended first become one line. Null: any number.</param>
    public IReadOnlyList<string> Lines(int width, int? rows, Style paint)
    {
        if (steps.Count == 0)
        {
            return Pulling is { } pulling && rows is not null ? [TextLayout.Cut(TextLayout.Printable(pulling), width)] : [];
        }

        int hidden = 0;
        List<string> lines = Draw(width, hidden, paint);
        while (rows is { } most && lines.Count > most && hidden < steps.Values.Count(static step => step.Took is not null))
        {
            hidden += Math.Max(1, lines.Count - most);
            lines = Draw(width, hidden, paint);
        }

        return rows is { } limit && lines.Count > limit ? lines[^Math.Max(limit, 1)..] : lines;
    }

    private List<string> Draw(int width, int hidden, Style paint)
    {
        HashSet<int> left = [.. steps.Values.Where(static step => step.Took is not null).Take(hidden).Select(static step => step.Started.Number)];
        int column = Math.Min(width - OutcomeColumns, steps.Values.Max(step => TextLayout.Width(Title(step)) + 5));
        List<string> lines = [];
        if (left.Count > 0)
        {
            lines.Add(paint.Dim($"… {Format.Count(left.Count, "step")} done"));
        }

        foreach (string stage in steps.Values.Select(static step => step.Started.Stage).Distinct())
        {
            Step[] shown = [.. steps.Values.Where(step => step.Started.Stage == stage && !left.Contains(step.Started.Number))];
            if (shown.Length > 0)
            {
                lines.Add(paint.Bold(TextLayout.Cut(TextLayout.Printable(NameOf(stage)), width)));
                for (int index = 0; index < shown.Length; index++)
                {
                    Add(lines, shown[index], isLast: index == shown.Length - 1, column, width, paint);
                }
            }
        }

        if (steps.Values.Any(static step => step.Took is null))
        {
            lines.Add(paint.Dim($"{steps.Values.Count(static step => step.Took is not null)} of {Format.Count(total, "step")}, {Format.Duration(time.GetElapsedTime(began))}"));
        }

        return lines;
    }

    private void Add(List<string> lines, Step step, bool isLast, int column, int width, Style paint)
    {
        string mark = step.Broken ? paint.Red("✗") : step.Took is null ? paint.Yellow("▸") : paint.Green("✓");
        string title = TextLayout.Cut(Title(step), Math.Max(column - 5, 1));
        string padding = new(' ', Math.Max(column - 5 - TextLayout.Width(title), 0));
        string outcome = step.Cached ? paint.Cyan("CACHED") : Format.Duration(step.Took ?? time.GetElapsedTime(step.Began));
        lines.Add($"{(isLast ? "└─" : "├─")} {mark} {title}{padding}  {outcome}");
        if (step is { Took: null, Saying: { } saying })
        {
            lines.Add(paint.Dim(TextLayout.Cut($"{(isLast ? " " : "│")}      {saying}", width)));
        }
    }

    // "[2/6] RUN pip install"; the stage stands above.
    private static string Title(Step step) =>
        TextLayout.Printable($"[{step.Started.Number}/{step.Started.Total}] {step.Started.Instruction.ReplaceLineEndings(" ")}");

    private static string NameOf(string stage) => stage.Length == 0 || int.TryParse(stage, out _) ? $"stage {(stage.Length == 0 ? "0" : stage)}" : stage;

    private sealed class Step(BuildStepStarted started, long began)
    {
        public BuildStepStarted Started => started;

        public long Began => began;

        public TimeSpan? Took { get; set; }

        public bool Cached { get; set; }

        public bool Broken { get; set; }

        public string? Saying { get; set; }
    }
}
