using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Slipway.EndToEnd.Support;

/// <summary>Debian's docker-registry, without TLS and without a password, with a folder of its own.</summary>
internal sealed partial class DockerRegistry : IAsyncDisposable
{
    private const string Program = "/usr/bin/docker-registry";

    private readonly Process _process;
    private readonly Task<string> _rest;

    private DockerRegistry(Process process, string host)
    {
        _process = process;
        _rest = process.StandardError.ReadToEndAsync();
        Host = host;
    }

    /// <summary>As clients name it in a reference.</summary>
    public string Host { get; }

    /// <summary>Starts it at a free port, and waits until it listens.</summary>
    public static async Task<DockerRegistry> StartAsync(string folder)
    {
        Assert.True(File.Exists(Program), $"{Program} is missing. Run: make deps-test");
        string file = Path.Combine(folder, "config.yml");
        await File.WriteAllTextAsync(file, $$"""
            version: 0.1
            log: { level: info }
            storage: { filesystem: { rootdirectory: {{folder}}/data } }
            http: { addr: "127.0.0.1:0" }
            """);
        ProcessStartInfo start = new(Program, ["serve", file]) { RedirectStandardError = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start");
        using CancellationTokenSource bound = new(ChildProcess.Bound);
        List<string> said = [];
        while (await process.StandardError.ReadLineAsync(bound.Token) is { } line)
        {
            said.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                return new DockerRegistry(process, match.Groups[1].Value);
            }
        }

        throw new InvalidOperationException($"docker-registry ended:\n{string.Join('\n', said)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _rest;
        _process.Dispose();
    }

    [GeneratedRegex("listening on ([0-9.:]+)")]
    private static partial Regex Listening();
}
