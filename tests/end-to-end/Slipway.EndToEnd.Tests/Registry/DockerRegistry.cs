using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Slipway.EndToEnd.Registry;

/// <summary>Debian's docker-registry (2.8: no referrers) over an empty folder, on loopback.</summary>
internal sealed class DockerRegistry : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private DockerRegistry(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Host = $"127.0.0.1:{port}";
    }

    /// <summary>As clients name it in a reference.</summary>
    public string Host { get; }

    /// <param name="users">Who may use it, as lines of a password file with bcrypt; null: anybody.</param>
    public static async Task<DockerRegistry> StartAsync(string? users = null)
    {
        string folder = Directory.CreateTempSubdirectory("docker-registry-").FullName;
        int port = FreePort();
        string auth = users is null ? "" : $"auth: {{ htpasswd: {{ realm: it, path: {folder}/users }} }}";
        await File.WriteAllTextAsync(Path.Combine(folder, "config.yml"), $$"""
            version: 0.1
            log: { level: error, accesslog: { disabled: true } }
            storage: { filesystem: { rootdirectory: {{folder}}/data }, delete: { enabled: true } }
            http: { addr: '127.0.0.1:{{port}}' }
            {{auth}}
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "users"), users);
        ProcessStartInfo start = new("docker-registry", ["serve", Path.Combine(folder, "config.yml")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        TaskCompletionSource<string> ended = new();
        process.ErrorDataReceived += (_, line) => _ = line.Data is null && ended.TrySetResult("docker-registry ended");
        process.BeginErrorReadLine();
        DockerRegistry registry = new(process, folder, port);
        using HttpClient http = new();
        while (!ended.Task.IsCompleted)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://{registry.Host}/v2/"));
                return registry;
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }

        throw new InvalidOperationException(await ended.Task);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
