namespace Slipway.Content.Blobs.Local;

/// <summary>
/// Runs <paramref name="round"/> for many callers at once: a call waits for a round that began after it, so the callers that arrive while
/// one runs share the next. Rounds never overlap.
/// </summary>
internal sealed class FlushRounds(Action round)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>The round that covers everything done before this call; its failure is every waiter's.</summary>
    public Task JoinAsync()
    {
        lock (_lock)
        {
            if (_next is not null)
            {
                return _next;
            }

            return _running.IsCompleted
                ? _running = Task.Run(round)
                : _next = RunAfterAsync(_running);
        }
    }

    private async Task RunAfterAsync(Task previous)
    {
        // Yielding lets JoinAsync note this task as the next one before it becomes the running one.
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            _running = _next!;
            _next = null;
        }

        await Task.Run(round);
    }
}
