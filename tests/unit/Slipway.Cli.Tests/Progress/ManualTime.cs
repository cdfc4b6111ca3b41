namespace Slipway.Cli.Tests.Progress;

/// <summary>A clock that moves when told, and one timer that fires when told.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan now;
    private Action? fire;

    public TimeSpan Due { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now.Ticks;

    public void Advance(TimeSpan by) => now += by;

    public void Fire() => fire!();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        (Due, fire) = (dueTime, () => callback(state));
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
