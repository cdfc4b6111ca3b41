using System.Collections.Concurrent;
using Slipway.Build.Planning;

namespace Slipway.Build.Running;

/// <summary>Builds the stages of a plan, each as soon as those that it needs are there: stages that do not need one another run side by side.</summary>
internal sealed class PlanRunner(Func<PlannedStage, IReadOnlyDictionary<int, LayerStack>, CancellationToken, ValueTask<LayerStack>> build)
{
    /// <summary>The target's files. The first stage that fails stops the others.</summary>
    public async ValueTask<LayerStack> RunAsync(BuildPlan plan, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ConcurrentDictionary<int, LayerStack> done = [];
        Dictionary<int, Task> running = [];
        Exception? first = null;
        foreach (PlannedStage stage in plan.Stages)
        {
            Task[] needed = [.. stage.Needs.Select(index => running[index])];
            running.Add(stage.Index, Task.Run(() => OneAsync(stage, needed), CancellationToken.None));
        }

        await Task.WhenAll(running.Values);
        cancellationToken.ThrowIfCancellationRequested();
        return first is null ? done[plan.Target.Index] : throw first;

        // Never fails: the first fault is kept, and the stages that would follow do not begin.
        async Task OneAsync(PlannedStage stage, Task[] needed)
        {
            await Task.WhenAll(needed);
            try
            {
                stop.Token.ThrowIfCancellationRequested();
                done[stage.Index] = await build(stage, done, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Another stage failed, or the caller gave up.
            }
            catch (Exception fault)
            {
                Interlocked.CompareExchange(ref first, fault, null);
                await stop.CancelAsync();
            }
        }
    }
}
