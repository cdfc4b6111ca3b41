namespace Slipway.Build.Linting;

/// <summary>Something in a Dockerfile that works and should not stay as it is.</summary>
/// <param name="Rule">BuildKit's documented name of the rule.</param>
/// <param name="Line">From 1.</param>
public sealed record Finding(string Rule, int Line, string Message);
