using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>
/// Starts conmon, the small program that is a container's parent: it holds its stdio, writes its log and its exit code, and outlives this process.
/// </summary>
/// <remarks>
/// conmon reports on a descriptor that is named by an environment variable. It replaces descriptors 0 to 2 by /dev/null, so a shell first
/// copies the pipes that Process gives it to 3, 4 and 5 and then becomes conmon.
/// </remarks>
internal sealed class Conmon(string path, OciRuntime runtime)
{
    private const string Create = "exec \"$0\" \"$@\" 3>&1 </dev/null";
    private const string Exec = "exec \"$0\" \"$@\" 3>&1 4<&0 5>&1 </dev/null";

    /// <summary>Creates the container whose bundle stands in <paramref name="files"/>. It waits to be started by the runtime.</summary>
    /// <exception cref="SlipwayException">As of <see cref="RuntimeFailure"/>.</exception>
    public async Task<Supervisor> CreateAsync(ContainerId id, ContainerFiles files, bool tty, bool openStdin, CancellationToken cancellationToken)
    {
        List<string> arguments =
        [
            .. Common(id.ToString(), id.ToString(), files.Directory, files.ExitDirectory, files.PidFile, $"k8s-file:{files.Log}", tty, openStdin),
            "--runtime-arg", "--log-format=json",
        ];
        Process process = Launch(Create, arguments, exec: false);
        process.StandardInput.Close();
        try
        {
            int pid = await ReadReportAsync(process, $"container {id.Short} cannot be created", cancellationToken);
            return new Supervisor(process, pid);
        }
        catch
        {
            Abandon(process);
            throw;
        }
    }

    /// <summary>
    /// Runs the process that <paramref name="specFile"/> describes in a running container. <paramref name="attach"/> is called once its attach socket
    /// stands in <paramref name="directory"/>, before the process runs, so that none of its output is missed.
    /// </summary>
    public async Task<Supervisor> ExecAsync(
        ContainerId id, string directory, string specFile, bool tty, bool openStdin, Action attach, CancellationToken cancellationToken)
    {
        List<string> arguments =
        [
            .. Common(id.ToString(), Path.GetFileName(directory), directory, Path.Combine(directory, "exit"), Path.Combine(directory, "pid"), "none", tty, openStdin),
            "--exec", "--exec-attach", "--exec-process-spec", specFile,
        ];
        Process process = Launch(Exec, arguments, exec: true);
        try
        {
            // conmon reads once to begin at all and once more when somebody has attached.
            await SendAsync(process, cancellationToken);
            await ReadReportAsync(process, $"a command cannot be run in container {id.Short}", cancellationToken);
            attach();
            await SendAsync(process, cancellationToken);
            int pid = await ReadReportAsync(process, $"a command cannot be run in container {id.Short}", cancellationToken);
            process.StandardInput.Close();
            return new Supervisor(process, pid);
        }
        catch
        {
            Abandon(process);
            throw;
        }
    }

    private List<string> Common(
        string id, string unique, string bundle, string exitDirectory, string pidFile, string log, bool tty, bool openStdin)
    {
        List<string> arguments =
        [
            "--api-version", "1", "--sync", "--cid", id, "--cuuid", unique, "--name", id, "--runtime", runtime.Path,
            "--bundle", bundle, Supervisor.ConmonPidFileOption, pidFile, "--exit-dir", exitDirectory, "--log-path", log,
            "--full-attach", "--no-sync-log", "--log-level", "error",
        ];
        foreach (string argument in runtime.GlobalArguments)
        {
            arguments.AddRange(["--runtime-arg", argument]);
        }

        if (tty)
        {
            arguments.Add("--terminal");
        }

        if (openStdin)
        {
            arguments.Add("--stdin");
        }

        return arguments;
    }

    private Process Launch(string script, IReadOnlyList<string> arguments, bool exec)
    {
        ProcessStartInfo start = ProgramRun.Describe("/bin/sh", ["-c", script, path, .. arguments]);
        start.Environment["_OCI_SYNCPIPE"] = "3";
        if (exec)
        {
            start.Environment["_OCI_STARTPIPE"] = "4";
            start.Environment["_OCI_ATTACHPIPE"] = "5";
        }

        return Process.Start(start)!;
    }

    private static async Task SendAsync(Process process, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteAsync("\n".AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
    }

    /// <summary>Reads one report: a non-negative number, or a failure with the runtime's message.</summary>
    private static async Task<int> ReadReportAsync(Process process, string what, CancellationToken cancellationToken)
    {
        string? line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is null)
        {
            string error = await process.StandardError.ReadToEndAsync(cancellationToken);
            throw RuntimeFailure.Translate(error, what);
        }

        using JsonDocument report = JsonDocument.Parse(line);
        int number = report.RootElement.GetProperty("data").GetInt32();
        return number >= 0 ? number
            : throw RuntimeFailure.Translate(report.RootElement.TryGetProperty("message", out JsonElement message) ? message.GetString() ?? "" : "", what);
    }

    private static void Abandon(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    /// <summary>The exit code in a file that conmon has written, or null where it has not.</summary>
    public static int? ReadExitCode(string file)
    {
        try
        {
            return int.TryParse(File.ReadAllText(file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code) ? code : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
