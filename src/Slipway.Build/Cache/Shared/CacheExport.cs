namespace Slipway.Build.Cache.Shared;

/// <summary>Where a build's answers go.</summary>
/// <param name="All">True (BuildKit's <c>mode=max</c>): the layers of every step; false (<c>mode=min</c>): those of the result alone.</param>
/// <param name="IgnoresErrors">A failure is a warning, not the build's.</param>
public sealed record CacheExport(ISharedCache Cache, bool All, bool IgnoresErrors);
