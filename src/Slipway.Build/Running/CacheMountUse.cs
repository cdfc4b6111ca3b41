namespace Slipway.Build.Running;

/// <summary>How much room a cache mount takes.</summary>
/// <param name="Id">As the Dockerfile names it.</param>
/// <param name="Used">When a step last took it.</param>
/// <param name="IsHeld">A step has it just now.</param>
public sealed record CacheMountUse(string Id, long Bytes, DateTimeOffset Used, bool IsHeld)
{
    /// <summary>Where it stands.</summary>
    internal string Folder { get; init; } = "";
}
