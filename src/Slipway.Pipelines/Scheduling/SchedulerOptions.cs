namespace Slipway.Pipelines.Scheduling;

/// <summary>How a scheduler uses its machine.</summary>
public sealed record SchedulerOptions
{
    /// <summary>The processors that a coefficient of parallelism is a share of.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>The most datums at once over all jobs; what a spec asks for beyond waits its turn.</summary>
    public int MostDatums { get; init; } = 64;

    /// <summary>How often the commits are read again where nobody called: a wake-up may be lost without harm.</summary>
    public TimeSpan Reread { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A job begins no more datums after so many have failed.</summary>
    public int MostFailures { get; init; } = 20;

    /// <summary>Hears of failures that belong to no job (the store does not answer), for the log. The scheduler goes on.</summary>
    public Action<Exception>? OnFault { get; init; }

    /// <summary>Begins a lease of the blob store for a job: what its datums put, and the answers that it takes over, are not collected before it ends.</summary>
    public Func<IDisposable>? BeginLease { get; init; }
}
