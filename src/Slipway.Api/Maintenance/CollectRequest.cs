namespace Slipway.Api;

/// <summary>A collection to be run.</summary>
/// <param name="DryRun">Say what would go, and remove nothing.</param>
/// <param name="KeepDays">How many days an answer, or a cached build step, that nothing uses any more is kept; null: the server's rule (30).</param>
public sealed record CollectRequest(bool DryRun = false, int? KeepDays = null);
