namespace Slipway.Api;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its own code; 128 + the signal when one killed it; 125, 126 or 127 when it never started (see <paramref name="Error"/>).</param>
/// <param name="OomKilled">The kernel killed it at its memory limit.</param>
/// <param name="Error">Set when it did not start, or we lost it.</param>
public sealed record ExitReport(int ExitCode, bool OomKilled = false, ProblemDetails? Error = null);
