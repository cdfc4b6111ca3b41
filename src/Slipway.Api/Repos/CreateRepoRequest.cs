namespace Slipway.Api;

/// <param name="IfMissing">An existing repo is returned rather than refused.</param>
public sealed record CreateRepoRequest(string Name, string? Description = null, bool IfMissing = false);
