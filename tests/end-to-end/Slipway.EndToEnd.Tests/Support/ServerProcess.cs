using System.Diagnostics;
using System.Globalization;

namespace Slipway.EndToEnd.Support;

/// <summary>A server of another project that a test starts: it is ready when it says so, and is asked to end.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _rest;

    private ServerProcess(Process process)
    {
        _process = process;
        _rest = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Starts it, and waits until it says so.</summary>
    /// <param name="program">The file that must be there.</param>
    /// <param name="start">A command that runs it in its own place, and sends all that it says to its output.</param>
    /// <param name="ready">What is in the line that it says when it answers.</param>
    public static async Task<ServerProcess> StartAsync(string program, IReadOnlyList<string> start, string ready)
    {
        Assert.True(File.Exists(program), $"{program} is missing. Run: make deps-test");
        Process process = Process.Start(new ProcessStartInfo(start[0], start.Skip(1)) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{start[0]} did not start");
        using CancellationTokenSource bound = new(ChildProcess.Bound);
        List<string> said = [];
        while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
        {
            said.Add(line);
            if (line.Contains(ready, StringComparison.Ordinal))
            {
                return new ServerProcess(process);
            }
        }

        throw new InvalidOperationException($"{Path.GetFileName(program)} ended:\n{string.Join('\n', said)}");
    }

    public async ValueTask DisposeAsync()
    {
        using (Process kill = Process.Start("kill", [_process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        await _rest;
        _process.Dispose();
    }
}
