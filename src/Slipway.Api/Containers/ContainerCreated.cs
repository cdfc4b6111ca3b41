namespace Slipway.Api;

public sealed record ContainerCreated(string Id, string Name, IReadOnlyList<string>? Warnings = null);
