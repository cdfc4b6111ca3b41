using Slipway.Api;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Tests.Progress;

public sealed class ProgressTests
{
    [Fact]
    public void A_transfer_says_bytes_rate_and_what_is_left()
    {
        ManualTime time = new();
        TransferProgress progress = new(time, "putting x:", 4096);
        progress.Add(1024);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("putting x: 1.00 KiB of 4.00 KiB, 256 B/s, 12.0 s left", progress.ToString());
    }

    [Fact]
    public void Off_a_terminal_progress_is_a_line_each_time_and_nothing_after_the_end()
    {
        ManualTime time = new();
        using TestWorld world = new(time: time);
        using (new ProgressLine(world.Context, static () => "half"))
        {
            Assert.Equal(TimeSpan.FromSeconds(1), time.Due);
            time.Fire();
            time.Fire();
        }

        time.Fire();
        Assert.Equal("half\nhalf\n", world.Error.ToString());
    }

    [Theory]
    [InlineData(JobState.Succeeded, 3, 1, 2, 0, "✓ train  3 datums: 1 ran, 2 skipped  2.5 s")]
    [InlineData(JobState.Succeeded, 0, 0, 0, 0, "✓ train  0 datums  2.5 s")]
    [InlineData(JobState.Failed, 1, 0, 0, 1, "✗ train  1 datum: 1 failed  2.5 s\n  it broke\n  slipway logs --job train@1")]
    public void A_job_is_a_line_with_what_ran_and_what_was_skipped(JobState state, int total, int ran, int skipped, int failed, string line)
    {
        JobInfo job = new()
        {
            Id = "train@1",
            Pipeline = "train",
            State = state,
            GlobalId = "1",
            Created = TestWorld.Now,
            Started = TestWorld.Now,
            Finished = TestWorld.Now.AddSeconds(2.5),
            Counts = new DatumCounts(total, ran, skipped, failed),
            Error = state == JobState.Failed ? "it broke" : null,
        };
        Assert.Equal(line, JobsView.Line(job, Style.None));
        Assert.Equal(state == JobState.Failed ? 1 : 0, JobsView.CodeOf(new WaitProgress("1", true, [job], [])));
    }
}
