namespace Slipway.Api;

/// <param name="Encrypt">Seal its content; never changes afterwards.</param>
public sealed record CreateDataProjectRequest(string Name, string? Description = null, bool Encrypt = false);
