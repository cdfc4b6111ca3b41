namespace Slipway.Api;

/// <summary>A folder or file of the host, bound into the container.</summary>
public sealed record MountRequest(string Source, string Target, bool ReadOnly = false);
