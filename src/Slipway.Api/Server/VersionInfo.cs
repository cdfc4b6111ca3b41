namespace Slipway.Api;

/// <param name="Version">The program's version, as 0.1.0.</param>
/// <param name="ApiVersion">The version in the paths: 1.</param>
/// <param name="Pid">The server's process, for `slipway daemon stop` when it no longer answers.</param>
public sealed record VersionInfo(string Version, int ApiVersion, int Pid);
