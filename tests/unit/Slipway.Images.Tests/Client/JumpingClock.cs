using System.Collections.Concurrent;

namespace Slipway.Images.Client;

/// <summary>
/// A clock that stands until it is moved, and that whoever waits moves on at once; what was waited for is kept. Half a minute is a bound of something, and no wait: it is over
/// when the test says so.
/// </summary>
internal sealed class JumpingClock : TimeProvider
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Pending, bool> _bounds = [];
    private long _ticks = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).Ticks;

    public ConcurrentQueue<TimeSpan> Waits { get; } = [];

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Move(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Bound)
        {
            Pending pending = new(() => callback(state), _bounds);
            _bounds[pending] = true;
            return pending;
        }

        Waits.Enqueue(dueTime);
        Move(dueTime);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new Done();
    }

    /// <summary>The time of every bound is over.</summary>
    public void EndBounds()
    {
        foreach (Pending pending in _bounds.Keys)
        {
            pending.Fire();
        }
    }

    private sealed class Pending(Action fire, ConcurrentDictionary<Pending, bool> all) : ITimer
    {
        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => all.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Done : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
