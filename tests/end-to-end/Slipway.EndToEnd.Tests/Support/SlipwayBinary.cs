using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Api;

namespace Slipway.EndToEnd.Support;

/// <summary>
/// The published binary with a home of its own in a temporary folder. The first command starts the server; disposing stops it and
/// removes everything. A class of tests shares one through <see cref="IAsyncLifetime"/>.
/// </summary>
internal sealed class SlipwayBinary : IAsyncDisposable
{
    private readonly Dictionary<string, string> _environment;

    private SlipwayBinary(string folder)
    {
        Folder = folder;
        Home = Path.Combine(folder, "home");
        _environment = new Dictionary<string, string> { ["SLIPWAY_HOME"] = Home, ["NO_COLOR"] = "1" };
    }

    /// <summary>A folder for the test's own files.</summary>
    public string Folder { get; }

    /// <summary>The server's state.</summary>
    public string Home { get; }

    /// <summary>The binary.</summary>
    public static string Program => Environment.GetEnvironmentVariable("SLIPWAY_BINARY") ?? RepositoryRoot.At("bin", "slipway");

    /// <summary>A fresh home; with the image <c>busybox</c> in it unless told otherwise.</summary>
    public static async Task<SlipwayBinary> CreateAsync(bool withBusybox = true)
    {
        Assert.True(File.Exists(Program), $"{Program} is missing. Run: make build");
        SlipwayBinary slipway = new(Directory.CreateTempSubdirectory("slipway-e2e-").FullName);
        if (withBusybox)
        {
            await slipway.RunAsync("image", "import", await BusyboxRoot.TarAsync(), "busybox");
        }

        return slipway;
    }

    /// <summary>Sets a variable for the commands to come, and for the server where one of them starts it; null removes it.</summary>
    public void SetEnvironment(string name, string? value)
    {
        if (value is null)
        {
            _environment.Remove(name);
        }
        else
        {
            _environment[name] = value;
        }
    }

    /// <summary>Runs a command; any exit code is an answer.</summary>
    public Task<CommandOutput> TryAsync(params string[] arguments) => ChildProcess.RunAsync(Program, arguments, _environment, folder: Folder);

    /// <summary>Runs a command with this on its standard input.</summary>
    public Task<CommandOutput> FeedAsync(string stdin, params string[] arguments) => ChildProcess.RunAsync(Program, arguments, _environment, stdin, Folder);

    /// <summary>Runs a command with the bytes of a file on its standard input.</summary>
    public Task<CommandOutput> FeedFileAsync(string file, params string[] arguments) =>
        ChildProcess.RunAsync("sh", ["-c", "exec \"$@\" < \"$0\"", file, Program, .. arguments], _environment, folder: Folder);

    /// <summary>Runs a command on a terminal of its own, with this typed into it; stdout and stderr come as one text.</summary>
    public Task<CommandOutput> TypeAsync(string typed, params string[] arguments) =>
        ChildProcess.RunAsync("script", ["-qefc", string.Join(' ', arguments.Prepend(Program).Select(word => $"'{word}'")), "/dev/null"], _environment, typed, Folder);

    /// <summary>The last lines that the server wrote.</summary>
    private async Task<string> LogAsync()
    {
        string path = Path.Combine(Home, "daemon.log");
        return File.Exists(path) ? string.Join('\n', (await File.ReadAllLinesAsync(path)).TakeLast(20)) : "(there is none)";
    }

    /// <summary>Runs a command that must succeed, and answers its standard output.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        CommandOutput output = await TryAsync(arguments);
        Assert.True(output.ExitCode == 0, output.ExitCode == 0 ? "" : $"{output}\nThe server's log ends:\n{await LogAsync()}");
        return output.Stdout;
    }

    /// <summary>Runs a command that must succeed with <c>-o json</c>, and reads the record it prints.</summary>
    public async Task<T> JsonAsync<T>(JsonTypeInfo<T> type, params string[] arguments)
    {
        string text = await RunAsync([.. arguments, "-o", "json"]);
        return JsonSerializer.Deserialize(text, type) ?? throw new InvalidOperationException($"no record in: {text}");
    }

    /// <summary>Writes a file of the test's own; parents are made.</summary>
    public string Write(string path, string text)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? Folder);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>Puts one file with this text.</summary>
    public Task<string> PutAsync(string reference, string text) =>
        RunAsync("put", reference, "-f", Write(Path.Combine("put", Guid.NewGuid().ToString("n"), Path.GetFileName(reference)), text));

    /// <summary>Creates the pipelines of a specification in JSON or YAML.</summary>
    public Task<string> CreatePipelineAsync(string specification) =>
        RunAsync("pipeline", "create", "-f", Write($"{Guid.NewGuid():n}.{(specification.TrimStart().StartsWith('{') ? "json" : "yaml")}", specification));

    /// <summary>Waits until nothing more will happen because of the commit, whether it went well or not.</summary>
    public Task<CommandOutput> WaitAsync(string reference) => TryAsync("wait", reference);

    /// <summary>The text of a file.</summary>
    public Task<string> CatAsync(string reference) => RunAsync("cat", reference);

    /// <summary>The paths of all files of a commit, in order.</summary>
    public async Task<string[]> FilesAsync(string reference) =>
        [.. (await JsonAsync(ApiJson.Default.IReadOnlyListFileEntry, "ls", reference, "-r")).Where(entry => entry.Kind != FileKind.Directory).Select(entry => entry.Path)];

    /// <summary>The jobs of a pipeline, newest first.</summary>
    public async Task<IReadOnlyList<JobInfo>> JobsAsync(string pipeline) =>
        [.. (await JsonAsync(ApiJson.Default.IReadOnlyListJobInfo, "job", "list")).Where(job => job.Pipeline == pipeline)];

    /// <summary>The newest job of a pipeline, with its datums.</summary>
    public async Task<JobInfo> LastJobAsync(string pipeline)
    {
        IReadOnlyList<JobInfo> jobs = await JobsAsync(pipeline);
        Assert.True(jobs.Count > 0, $"{pipeline} has no job");
        return await InspectJobAsync(jobs[0].Id);
    }

    /// <summary>A job with its datums.</summary>
    public Task<JobInfo> InspectJobAsync(string job) => JsonAsync(ApiJson.Default.JobInfo, "job", "inspect", job);

    /// <summary>The commits of a repo, newest first, with open and failed ones.</summary>
    public Task<IReadOnlyList<CommitInfo>> CommitsAsync(string repo) => JsonAsync(ApiJson.Default.IReadOnlyListCommitInfo, "commit", "list", repo);

    /// <summary>Starts the server with a TCP port of its own, in place of the one that runs, and answers its address.</summary>
    /// <param name="options">More options of <c>slipway serve</c>.</param>
    public async Task<Uri> ListenAsync(params string[] options)
    {
        await TryAsync("daemon", "stop");
        ProcessStartInfo start = new(Program, ["serve", "--listen", "127.0.0.1:0", .. options]) { WorkingDirectory = Folder, RedirectStandardOutput = true };
        foreach ((string name, string value) in _environment)
        {
            start.Environment[name] = value;
        }

        Process server = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start");
        using CancellationTokenSource bound = new(ChildProcess.Bound);
        Assert.Contains("serving", await server.StandardOutput.ReadLineAsync(bound.Token), StringComparison.Ordinal);
        return new Uri((await JsonAsync(ApiJson.Default.ServerInfo, "info")).Listen!);
    }

    /// <summary>Kills the server as a power cut would, and waits until it is gone. The next command starts another.</summary>
    public async Task KillServerAsync()
    {
        ServerInfo server = await JsonAsync(ApiJson.Default.ServerInfo, "info");
        await KillAsync(server.Pid);
    }

    /// <summary>The server's process.</summary>
    public async Task<int> ServerProcessAsync() => (await JsonAsync(ApiJson.Default.ServerInfo, "info")).Pid;

    /// <summary>Kills a process without a warning, and waits until it is gone.</summary>
    public static async Task KillAsync(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill();
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await TryAsync("daemon", "stop");
        Directory.Delete(Folder, recursive: true);
    }
}
