namespace Slipway.Pipelines.Scheduling;

/// <summary>
/// Wakes whoever waits. Take <see cref="Next"/> first, look second, wait third: then a beat between looking and waiting is not lost.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next beat.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes all who wait now.</summary>
    public void Beat() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Waits for a beat that was taken before, but no longer than <paramref name="most"/>.</summary>
    public static async Task WaitAsync(Task next, TimeSpan most, TimeProvider time, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, Task.Delay(most, time, linked.Token));
        await linked.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
