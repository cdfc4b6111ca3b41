using System.Diagnostics;
using System.Text.Json;

namespace Slipway.Engine;

/// <summary>
/// The run of a container that ends with this process anyway: the runtime itself is our child, holds the container's pipes and tells its exit code, and cleans up at the end. A
/// shell that becomes crun is started where conmon's way takes five programs; nobody would ask conmon for what it keeps (docs/decisions, ephemeral containers).
/// </summary>
internal sealed class Foreground(ContainerFiles files, bool openStdin, TimeProvider time)
{
    /// <summary>The runtime gets an stdin that is empty and no pipe: some programs take a pipe for their input.</summary>
    private const string WithoutStdin = "exec \"$0\" \"$@\" </dev/null";

    private const int BufferSize = 32 * 1024;

    private readonly OutputHub _hub = new(openStdin);

    /// <summary>How it ended; null before, and where nobody knows.</summary>
    public int? ExitCode { get; private set; }

    private string RuntimeLog => Path.Combine(files.Directory, "runtime.log");

    /// <summary>A client's end of its streams; joined before the start, it misses nothing.</summary>
    public ContainerStreams Attach() => _hub.Attach();

    /// <summary>Starts the container. That it could not be started shows at its end: see <see cref="ReadFailure"/>.</summary>
    public Supervisor Start(OciRuntime runtime, ContainerId id)
    {
        List<string> arguments =
        [
            .. runtime.GlobalArguments, "--log", RuntimeLog, "--log-format", "json", "run", "--bundle", files.Directory, Supervisor.PidFileOption, files.PidFile, id.ToString(),
        ];
        File.Delete(files.PidFile);
        File.Delete(RuntimeLog);
        Process process = Process.Start(openStdin ? ProgramRun.Describe(runtime.Path, arguments) : ProgramRun.Describe("/bin/sh", ["-c", WithoutStdin, runtime.Path, .. arguments]))!;
        if (openStdin)
        {
            _hub.Feed(process.StandardInput.BaseStream);
        }
        else
        {
            process.StandardInput.Close();
        }

        return new Supervisor(process, files.PidFile, FollowAsync(process));
    }

    /// <summary>What the runtime said where it could not start the container; null where it said nothing.</summary>
    public string? ReadFailure()
    {
        try
        {
            return File.ReadLines(RuntimeLog).LastOrDefault(IsError);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsError(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("level", out JsonElement level) && level.GetString() is "error" or "fatal";
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>To the end, whatever happens to the log: a process whose output nobody takes would stand still.</summary>
    private async Task FollowAsync(Process process)
    {
        using (process)
        {
            using (K8sLogWriter? log = OpenLog())
            {
                await Task.WhenAll(
                    PumpAsync(process.StandardOutput.BaseStream, StreamKind.Stdout, log), PumpAsync(process.StandardError.BaseStream, StreamKind.Stderr, log));
            }

            await process.WaitForExitAsync();
            ExitCode = process.ExitCode;
            _hub.End();
        }
    }

    private K8sLogWriter? OpenLog()
    {
        try
        {
            return new K8sLogWriter(files.Log, time);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task PumpAsync(Stream source, StreamKind kind, K8sLogWriter? log)
    {
        byte[] buffer = new byte[BufferSize];
        try
        {
            while (await source.ReadAsync(buffer) is int count and > 0)
            {
                log = TryLog(log, kind, buffer.AsSpan(0, count)) ? log : null;
                await _hub.WriteAsync(kind, buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // The pipe is broken: nothing more comes.
        }
    }

    /// <summary>False where the disk takes no more: the log then ends here, and who keeps it finds the disk full, too.</summary>
    private static bool TryLog(K8sLogWriter? log, StreamKind kind, ReadOnlySpan<byte> content)
    {
        try
        {
            log?.Write(kind, content);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
