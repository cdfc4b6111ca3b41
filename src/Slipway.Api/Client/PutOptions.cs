namespace Slipway.Api;

/// <summary>What a write says about itself.</summary>
/// <param name="Replace">Of a folder: what stood at its path goes first.</param>
public sealed record PutOptions(string? Message = null, string? Author = null, bool Replace = false);
