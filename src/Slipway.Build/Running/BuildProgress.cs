using Slipway.Build.Planning;

namespace Slipway.Build.Running;

/// <summary>Numbers the steps of a build and counts what ran.</summary>
internal sealed class BuildProgress(IProgress<BuildEvent> progress, int total, TimeProvider time)
{
    public int Ran { get; private set; }

    public int Cached { get; private set; }

    private int Current => Ran + Cached + 1;

    public void Warn(string text) => progress.Report(new BuildWarning(text, null));

    /// <summary>Reports the start; the result reports what the step says and how it ends.</summary>
    public StepProgress Start(PlannedStage stage, PlannedStep step)
    {
        int number = Current;
        progress.Report(new StepStarted(number, total, stage.Name, step.Instruction, step.Span?.StartLine ?? 0));
        return new(this, number, time.GetTimestamp());
    }

    internal sealed class StepProgress(BuildProgress owner, int number, long started)
    {
        public void Output(string text, bool isError) => owner.Report(new StepOutput(number, isError, text));

        public void Finish(bool cached)
        {
            owner.Ran += cached ? 0 : 1;
            owner.Cached += cached ? 1 : 0;
            owner.Report(new StepFinished(number, cached, owner.ElapsedSince(started)));
        }
    }

    private void Report(BuildEvent happened) => progress.Report(happened);

    private TimeSpan ElapsedSince(long started) => time.GetElapsedTime(started);
}
