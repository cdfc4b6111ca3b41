using Slipway.Api;

namespace Slipway.Cli.Jobs;

/// <summary>The words for states.</summary>
internal static class JobText
{
    public static string State(JobState state) => state switch
    {
        JobState.Waiting => "waiting",
        JobState.Running => "running",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Killed => "killed",
        _ => "not run",
    };

    public static string State(DatumState state) => state switch
    {
        DatumState.Waiting => "waiting",
        DatumState.Running => "running",
        DatumState.Processed => "ran",
        DatumState.Skipped => "skipped",
        DatumState.Failed => "failed",
        _ => "recovered",
    };
}
