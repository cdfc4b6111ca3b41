using Slipway.Build.Planning;
using Slipway.Images;

namespace Slipway.Build.Running;

/// <summary>The order in which stages run.</summary>
public sealed class PlanRunnerTests
{
    [Fact]
    public async Task A_stage_waits_for_what_it_needs_and_for_nothing_else()
    {
        TaskCompletionSource second = new();
        List<int> ended = [];
        PlanRunner runner = new(async (stage, done, cancellationToken) =>
        {
            Assert.All(stage.Needs, needed => Assert.True(done.ContainsKey(needed)));
            if (stage.Index == 0)
            {
                // The first ends after the second: they run side by side.
                await second.Task.WaitAsync(cancellationToken);
            }

            lock (ended)
            {
                ended.Add(stage.Index);
            }

            if (stage.Index == 1)
            {
                second.SetResult();
            }

            return LayerStack.Empty;
        });

        await runner.RunAsync(Plan(Stage(0), Stage(1), Stage(2, 0, 1)), CancellationToken.None);

        Assert.Equal([1, 0, 2], ended);
    }

    [Fact]
    public async Task The_first_failure_stops_the_others_and_is_told()
    {
        PlanRunner runner = new(async (stage, _, cancellationToken) =>
        {
            if (stage.Index == 1)
            {
                throw new InvalidOperationException("stage 1");
            }

            Assert.NotEqual(2, stage.Index);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return LayerStack.Empty;
        });

        InvalidOperationException fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await runner.RunAsync(Plan(Stage(0), Stage(1), Stage(2, 0, 1)), CancellationToken.None));
        Assert.Equal("stage 1", fault.Message);
    }

    private static BuildPlan Plan(params PlannedStage[] stages) => new([.. stages], stages[^1], []);

    private static PlannedStage Stage(int index, params int[] needs) => new(
        index, $"{index}", new StageBase.Scratch(), [.. needs.Select(needed => new CopyStep(["/x"], "/x", new CopyOrigin.FromStage(needed), []) { Instruction = "COPY", Span = null })], new ImageConfig());
}
