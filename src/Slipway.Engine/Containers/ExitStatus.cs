namespace Slipway.Engine;

/// <summary>How a container's first process ended.</summary>
/// <param name="Code">Its exit code, 128 + n where signal n ended it.</param>
/// <param name="OomKilled">The kernel killed it, or a process in it, for the memory limit.</param>
public readonly record struct ExitStatus(int Code, bool OomKilled);
