using System.Diagnostics;

namespace Slipway.Engine;

/// <summary>Runs a short program to its end.</summary>
/// <param name="Output">What it wrote to stdout and stderr, at most 64 KiB of each.</param>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    private const int MaximumText = 64 * 1024;

    /// <summary>Starts <paramref name="path"/> with an environment of only a search path, and an empty stdin, and waits for it.</summary>
    public static async Task<ProgramRun> RunAsync(string path, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(Describe(path, arguments))!;
        process.StandardInput.Close();
        Task<string> output = ReadAsync(process.StandardOutput);
        Task<string> error = ReadAsync(process.StandardError);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return new ProgramRun(process.ExitCode, await output, await error);
    }

    /// <summary>How a helper program is started: by its absolute path, its three streams ours, nothing of our environment but a plain search path.</summary>
    public static ProcessStartInfo Describe(string path, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        return start;
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[4096];
        System.Text.StringBuilder text = new();
        while (await reader.ReadAsync(buffer) is var read && read > 0)
        {
            if (text.Length < MaximumText)
            {
                text.Append(buffer, 0, read);
            }
        }

        return text.ToString();
    }
}
