namespace Slipway.Api;

/// <summary>The container that a request made, and what this machine could not do of what was asked.</summary>
public sealed record ContainerCreated(string Id, string Name, IReadOnlyList<string>? Warnings = null);
