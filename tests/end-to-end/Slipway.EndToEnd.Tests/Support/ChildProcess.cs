using System.Diagnostics;

namespace Slipway.EndToEnd.Support;

/// <summary>Runs a program to its end, with what it says captured, and with a bound on how long it may take.</summary>
internal static class ChildProcess
{
    /// <summary>A command that takes longer hangs: the test fails with what it had said so far.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    /// <summary>Runs the program; any exit code is an answer.</summary>
    /// <param name="limit">How long it may take, where that is not <see cref="Bound"/>.</param>
    public static async Task<CommandOutput> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? stdin = null, string? folder = null, TimeSpan? limit = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? string.Empty,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        string command = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        Task<string> stdout = process.StandardOutput.ReadToEndAsync();
        Task<string> stderr = process.StandardError.ReadToEndAsync();
        try
        {
            using CancellationTokenSource bound = new(limit ?? Bound);
            await FeedAsync(process, stdin);
            await process.WaitForExitAsync(bound.Token);
            return new CommandOutput(command, process.ExitCode, await stdout.WaitAsync(bound.Token), await stderr.WaitAsync(bound.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"took longer than {limit ?? Bound}: {command}");
        }
    }

    private static async Task FeedAsync(Process process, string? stdin)
    {
        try
        {
            if (stdin is not null)
            {
                await process.StandardInput.WriteAsync(stdin);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading its input: its exit code tells whether that was right.
        }
    }
}
