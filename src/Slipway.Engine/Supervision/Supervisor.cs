using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>A running conmon with its container's process: one that this process started, or one that an earlier server left.</summary>
internal sealed class Supervisor
{
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

    /// <summary>The container's first process; null where it ended at once.</summary>
    public SafeFileHandle? ContainerProcess { get; }

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

    /// <summary>The processes (conmon or the shell that becomes it) whose arguments name something in a directory.</summary>
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
            return ContainerProcess is not null && Libc.SendSignal(ContainerProcess, signal);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static bool IsSupervisorOf(int process, string directory)
    {
        try
        {
            string[] arguments = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
            return arguments.Contains("--container-pidfile") && arguments.Any(argument => argument == directory || argument.StartsWith(directory + "/", StringComparison.Ordinal));
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
