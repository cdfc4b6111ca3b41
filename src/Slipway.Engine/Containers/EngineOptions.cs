namespace Slipway.Engine;

/// <summary>How a <see cref="ContainerEngine"/> is set up.</summary>
/// <param name="Directory">Where its containers, their writable layers, logs and its runtime's state live; on the file system of the snapshots.</param>
public sealed record EngineOptions(string Directory)
{
    /// <summary>The OCI runtime to use, a name found on the search path or an absolute path; null takes the fastest that works here.</summary>
    public string? RuntimePreference { get; init; }

    /// <summary>Where programs (crun, runc, conmon) are looked for, in order.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
}
