using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// What looks after a running container: a conmon that this process started, or one that an earlier server left; or the runtime itself, as our child (<see cref="Foreground"/>).
/// </summary>
internal sealed class Supervisor
{
    /// <summary>Stands in the arguments of a runtime that is a container's supervisor.</summary>
    public const string PidFileOption = "--pid-file";

    /// <summary>The same of a conmon.</summary>
    public const string ConmonPidFileOption = "--container-pidfile";
    private const int SignalKill = 9;

    private readonly Process? _runtime;
    private readonly string? _pidFile;

    /// <summary>Takes over a conmon that this process has started.</summary>
    public Supervisor(Process process, int containerPid)
    {
        ProcessId = process.Id;
        ContainerPid = containerPid;
        ContainerProcess = containerPid > 0 ? Libc.OpenProcess(containerPid) : null;

        // Nothing more is said on the pipes; conmon goes on without them.
        process.StandardOutput.Close();
        process.StandardError.Close();
        Ended = WaitAsync(process);
    }

    /// <summary>Takes over a runtime that this process has started.</summary>
    /// <param name="pidFile">Where it writes the container's process once there is one.</param>
    public Supervisor(Process runtime, string pidFile, Task ended)
    {
        ProcessId = runtime.Id;
        _runtime = runtime;
        _pidFile = pidFile;
        Ended = ended;
    }

    private Supervisor(int processId, int containerPid, SafeFileHandle process)
    {
        ProcessId = processId;
        ContainerPid = containerPid;
        ContainerProcess = Libc.OpenProcess(containerPid);
        Ended = Task.Factory.StartNew(
            () =>
            {
                using (process)
                {
                    Libc.WaitReadable(process, -1);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    public int ProcessId { get; }

    public int ContainerPid { get; }

    /// <summary>The container's first process; null where it ended at once, or is not known yet.</summary>
    public SafeFileHandle? ContainerProcess { get; private set; }

    /// <summary>Done when conmon has ended, which it does after it has written all output and the exit code.</summary>
    public Task Ended { get; }

    /// <summary>Finds a conmon that an earlier server left by its number and the bundle in its arguments; null where it has ended.</summary>
    public static Supervisor? Adopt(int processId, int containerPid, string bundle)
    {
        SafeFileHandle? process = Libc.OpenProcess(processId);
        if (process is null || !IsSupervisorOf(processId, bundle))
        {
            process?.Dispose();
            return null;
        }

        return new Supervisor(processId, containerPid, process);
    }

    /// <summary>The processes (conmon, a runtime that is our child, or the shell that becomes either) whose arguments name something in a directory.</summary>
    public static IEnumerable<int> FindAll(string directory) =>
        Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))
            .Where(process => IsSupervisorOf(process, directory));

    /// <summary>Sends the container's first process a signal; false where it has ended.</summary>
    public bool Signal(int signal)
    {
        try
        {
            if (_runtime is not null && ContainerProcess is null && !Ended.IsCompleted)
            {
                ContainerProcess = OpenContainer(_pidFile!);
                if (ContainerProcess is null && signal == SignalKill)
                {
                    // There is none yet, and is to be none: what the runtime had begun is cleaned up after it.
                    _runtime.Kill();
                    return true;
                }
            }

            return ContainerProcess is not null && Libc.SendSignal(ContainerProcess, signal);
        }
        catch (Exception fault) when (fault is ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The process of that number, if it is our runtime's child: a number that is free again may have become anybody's.</summary>
    private SafeFileHandle? OpenContainer(string pidFile)
    {
        try
        {
            if (!int.TryParse(File.ReadAllText(pidFile), out int pid) || Libc.OpenProcess(pid) is not { } process)
            {
                return null;
            }

            string status = File.ReadAllText($"/proc/{pid}/status");
            if (status.Contains($"\nPPid:\t{ProcessId}\n", StringComparison.Ordinal))
            {
                return process;
            }

            process.Dispose();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsSupervisorOf(int process, string directory)
    {
        try
        {
            string[] arguments = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
            return (arguments.Contains(ConmonPidFileOption) || arguments.Contains(PidFileOption)) && arguments.Any(argument => argument == directory || argument.StartsWith(directory + "/", StringComparison.Ordinal));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task WaitAsync(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync();
        }
    }
}
