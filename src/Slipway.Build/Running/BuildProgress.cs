using Slipway.Build.Planning;
using Slipway.Content;

namespace Slipway.Build.Running;

/// <summary>Numbers the steps of a build in the plan's order, whatever order they run in, and counts what ran. Stages call it side by side.</summary>
internal sealed class BuildProgress
{
    private readonly IProgress<BuildEvent> _progress;
    private readonly TimeProvider _time;
    private readonly int _total;
    private readonly Dictionary<(int Stage, int Step), int> _numbers = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<int, bool> _cached = [];

    public BuildProgress(IProgress<BuildEvent> progress, BuildPlan plan, TimeProvider time)
    {
        _progress = progress;
        _time = time;
        _total = plan.StepCount;
        foreach (PlannedStage stage in plan.Stages)
        {
            for (int step = 0; step < stage.Steps.Length; step++)
            {
                _numbers.Add((stage.Index, step), _numbers.Count + 1);
            }
        }
    }

    /// <summary>Steps that ran, were it once: a step may be asked again where its answer was lost.</summary>
    public int Ran => _cached.Values.Count(cached => !cached);

    public int Cached => _cached.Values.Count(cached => cached);

    public void Warn(string text) => Report(new BuildWarning(text, null));

    public void Keep(string instruction, Digest image) => Report(new FailureKept(instruction, image));

    public void Note(string text) => Report(new BuildNote(text));

    /// <summary>Reports the start; the result reports what the step says and how it ends.</summary>
    /// <param name="index">The step's place in its stage, from 0.</param>
    public StepProgress Start(PlannedStage stage, int index)
    {
        PlannedStep step = stage.Steps[index];
        int number = _numbers[(stage.Index, index)];
        Report(new StepStarted(number, _total, stage.Name, step.Instruction, step.Span?.StartLine ?? 0));
        return new(this, number, _time.GetTimestamp());
    }

    internal sealed class StepProgress(BuildProgress owner, int number, long started)
    {
        public void Output(string text, bool isError) => owner.Report(new StepOutput(number, isError, text));

        public void Finish(bool cached)
        {
            owner.Count(number, cached);
            owner.Report(new StepFinished(number, cached, owner._time.GetElapsedTime(started)));
        }
    }

    private void Count(int number, bool cached)
    {
        lock (_gate)
        {
            _cached[number] = cached && _cached.GetValueOrDefault(number, true);
        }
    }

    private void Report(BuildEvent happened)
    {
        lock (_gate)
        {
            _progress.Report(happened);
        }
    }
}
