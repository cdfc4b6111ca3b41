namespace Slipway.Api;

/// <summary>A collection to be run.</summary>
/// <param name="DryRun">Say what would go, and remove nothing.</param>
/// <param name="KeepDays">How many days an answer, or a cached build step, that nothing uses any more is kept; null: the server's rule (30).</param>
/// <param name="BuildCache">What of the build cache goes beyond that; null: nothing.</param>
public sealed record CollectRequest(bool DryRun = false, int? KeepDays = null, BuildCacheRule? BuildCache = null);

/// <summary>Which cached build steps and cache mounts go.</summary>
/// <param name="All">Steps go too whose layer is in an image; it then takes no room less, and the next build runs them.</param>
/// <param name="UnusedSeconds">Only what no build used for so long.</param>
public sealed record BuildCacheRule(bool All = false, double UnusedSeconds = 0);
