using Slipway.Daemon.Hosting;

namespace Slipway.Daemon.Tests.Hosting;

public sealed class LayerUseTests
{
    [Fact]
    public async Task A_sweep_waits_for_the_builds_at_hand_and_goes_before_those_that_come_later()
    {
        using LayerUse layers = new();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        List<string> order = [];
        TaskCompletionSource building = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task first = layers.UseAsync(
            async () =>
            {
                await building.Task;
                order.Add("first build");
            },
            patience.Token);
        Task sweep = layers.SweepAsync(
            () =>
            {
                order.Add("sweep");
                return Task.CompletedTask;
            },
            patience.Token);
        Task second = layers.UseAsync(
            () =>
            {
                order.Add("second build");
                return Task.CompletedTask;
            },
            patience.Token);
        Assert.Empty(order);

        building.SetResult();
        await Task.WhenAll(first, sweep, second);
        Assert.Equal(["first build", "sweep", "second build"], order);
    }

    [Fact]
    public async Task Builds_run_side_by_side_and_a_sweep_that_is_given_up_leaves_the_way_free()
    {
        using LayerUse layers = new();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        TaskCompletionSource both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int running = 0;
        Task Build()
        {
            if (Interlocked.Increment(ref running) == 2)
            {
                both.SetResult();
            }

            return both.Task;
        }

        Task first = layers.UseAsync(Build, patience.Token);
        using CancellationTokenSource givenUp = new();
        Task sweep = layers.SweepAsync(() => Task.CompletedTask, givenUp.Token);
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sweep);
        await Task.WhenAll(first, layers.UseAsync(Build, patience.Token)).WaitAsync(patience.Token);
        await layers.SweepAsync(() => Task.CompletedTask, patience.Token);
    }

    [Fact]
    public async Task A_sweep_that_is_only_tried_does_not_wait_for_a_build()
    {
        using LayerUse layers = new();
        TaskCompletionSource building = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool swept = false;
        Task build = layers.UseAsync(() => building.Task, CancellationToken.None);
        Assert.False(await layers.TrySweepAsync(Sweep, CancellationToken.None));
        Assert.False(swept);
        building.SetResult();
        await build;
        Assert.True(await layers.TrySweepAsync(Sweep, CancellationToken.None));
        Assert.True(swept);
        await layers.UseAsync(() => Task.CompletedTask, CancellationToken.None);

        Task Sweep()
        {
            swept = true;
            return Task.CompletedTask;
        }
    }
}
