namespace Slipway.Daemon.Hosting;

/// <summary>
/// The folder that holds everything a daemon keeps: <c>SLIPWAY_HOME</c>, else <c>/var/lib/slipway</c> as root, else
/// <c>$XDG_STATE_HOME/slipway</c>. All of it stands on one file system, so that blobs can be hard-linked into a datum's folder.
/// </summary>
public sealed record DaemonHome(string Directory)
{
    /// <summary>The unix socket that the API listens on; mode 0600.</summary>
    public string Socket => Path.Combine(Directory, "slipway.sock");

    /// <summary>Held with flock for as long as a daemon runs.</summary>
    public string LockFile => Path.Combine(Directory, "daemon.lock");

    /// <summary>The daemon's process id, for <c>slipway daemon stop</c>.</summary>
    public string PidFile => Path.Combine(Directory, "daemon.pid");

    /// <summary>What the daemon writes of itself when it runs in the background.</summary>
    public string LogFile => Path.Combine(Directory, "daemon.log");

    /// <summary>The blob store (<c>docs/format.md</c>).</summary>
    public string Blobs => Path.Combine(Directory, "blobs");

    /// <summary>The metadata database.</summary>
    public string Metadata => Path.Combine(Directory, "metadata.db");

    /// <summary>Unpacked layers.</summary>
    public string Snapshots => Path.Combine(Directory, "snapshots");

    /// <summary>The engine's containers, runtime state and volumes.</summary>
    public string Engine => Path.Combine(Directory, "engine");

    /// <summary>Files and folders that datums read, unpacked once; emptied at start.</summary>
    public string Inputs => Path.Combine(Directory, "inputs");

    /// <summary>Folders of work in progress (datums, builds, uploads); emptied at start.</summary>
    public string Work => Path.Combine(Directory, "work");

    /// <summary>What RUN --mount=type=cache keeps between builds: a cache.</summary>
    public string BuildCaches => Path.Combine(Directory, "build-caches");

    /// <summary>What was found in folders that were put (<c>FolderReader</c>): a cache.</summary>
    public string Scans => Path.Combine(Directory, "scans");

    /// <summary>Finds the folder from the environment.</summary>
    public static DaemonHome FromEnvironment()
    {
        string? home = Environment.GetEnvironmentVariable("SLIPWAY_HOME");
        if (string.IsNullOrEmpty(home))
        {
            home = Environment.IsPrivilegedProcess ? "/var/lib/slipway" : Path.Combine(StateHome(), "slipway");
        }

        return new DaemonHome(Path.GetFullPath(home));
    }

    private static string StateHome() =>
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state
            ? state
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
}
