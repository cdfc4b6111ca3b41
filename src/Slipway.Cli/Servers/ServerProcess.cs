using System.Diagnostics;

namespace Slipway.Cli.Servers;

/// <summary>A server that we started: in a session of its own, its output in daemon.log, so that it outlives us and hears no Ctrl-C of ours.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int LinesShown = 12;
    private const int BytesShown = 16 * 1024;

    private readonly Process process;
    private long? exited;

    private ServerProcess(Process process, long logStart)
    {
        this.process = process;
        LogStart = logStart;
    }

    /// <summary>Where in the log its own lines begin.</summary>
    public long LogStart { get; }

    public bool HasExited
    {
        get
        {
            if (process.HasExited)
            {
                exited ??= Stopwatch.GetTimestamp();
            }

            return exited is not null;
        }
    }

    public TimeSpan ExitedFor => exited is long since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    public int ExitCode => process.ExitCode;

    public static ServerProcess Start(ServerAddress address)
    {
        FileInfo log = new(address.LogPath);
        string self = Environment.ProcessPath ?? "/proc/self/exe";
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false, WorkingDirectory = address.Home };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("log=$1; shift; if command -v setsid >/dev/null; then set -- setsid \"$@\"; fi; exec \"$@\" </dev/null >>\"$log\" 2>&1");
        start.ArgumentList.Add("slipway");
        start.ArgumentList.Add(address.LogPath);
        start.ArgumentList.Add(self);
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "slipway.dll")); // Run by the SDK, not published.
        }

        start.ArgumentList.Add("serve");
        start.ArgumentList.Add("--background");
        start.Environment["SLIPWAY_HOME"] = address.Home;
        Process process = Process.Start(start) ?? throw new IOException("/bin/sh did not start");
        return new ServerProcess(process, log.Exists ? log.Length : 0);
    }

    /// <summary>The end of the log, indented, from <paramref name="from"/> on, without the frames of a stack: they bury the reason, and stay in the log.</summary>
    public static string LastLines(string logPath, long from)
    {
        if (!File.Exists(logPath))
        {
            return "  (it wrote no log)";
        }

        using FileStream log = new(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Position = Math.Clamp(from, Math.Max(0, log.Length - BytesShown), log.Length);
        using StreamReader reader = new(log);
        string[] lines = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !IsFrame(line))];
        return lines.Length == 0 ? "  (it wrote no log)" : string.Join('\n', lines.TakeLast(LinesShown).Select(static line => "  " + line));

        static bool IsFrame(string line) => line.StartsWith("   at ", StringComparison.Ordinal) || line.StartsWith("--- End of stack", StringComparison.Ordinal);
    }

    public void Dispose() => process.Dispose();
}
