using Slipway.Build.Planning;

namespace Slipway.Build.Running;

/// <summary>Numbers the steps of a build in the plan's order, whatever order they run in, and counts what ran. Stages call it side by side.</summary>
internal sealed class BuildProgress
{
    private readonly IProgress<BuildEvent> _progress;
    private readonly TimeProvider _time;
    private readonly int _total;
    private readonly Dictionary<(int Stage, int Step), int> _numbers = [];
    private readonly Lock _gate = new();
    private int _ran;
    private int _cached;

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

    public int Ran => _ran;

    public int Cached => _cached;

    public void Warn(string text) => Report(new BuildWarning(text, null));

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
            Interlocked.Increment(ref cached ? ref owner._cached : ref owner._ran);
            owner.Report(new StepFinished(number, cached, owner._time.GetElapsedTime(started)));
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
