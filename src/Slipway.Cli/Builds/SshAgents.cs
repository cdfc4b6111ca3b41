using System.Diagnostics;

namespace Slipway.Cli.Builds;

/// <summary>The agents that --ssh names: the caller's own, another socket, or one that is started for given keys and ended with the build.</summary>
internal sealed class SshAgents : IDisposable
{
    private readonly Dictionary<string, string> sockets = new(StringComparer.Ordinal);
    private readonly List<(Process Agent, string Folder)> started = [];

    public IReadOnlyDictionary<string, string> Sockets => sockets;

    /// <param name="texts"><c>default</c>, <c>ID</c> or <c>ID=SOCKET|KEY[,KEY…]</c>.</param>
    public static async Task<SshAgents> OpenAsync(CommandContext context, IReadOnlyList<string>? texts, CancellationToken cancellationToken)
    {
        SshAgents agents = new();
        try
        {
            foreach (string text in texts ?? [])
            {
                string[] parts = text.Split('=', 2);
                string[] paths = parts.Length > 1 ? [.. parts[1].Split(',').Select(context.Resolve)] : [];
                agents.sockets[parts[0]] = paths switch
                {
                    [] => context.Environment("SSH_AUTH_SOCK") ?? throw new CliException($"--ssh {text}: there is no agent", "start one: eval $(ssh-agent); ssh-add. Or give a key: --ssh default=KEYFILE"),
                    [var path] when Path.Exists(path) && Linux.Libc.Status(path).IsSocket => path,
                    _ when Array.Find(paths, path => !Path.Exists(path)) is { } absent => throw new CliException($"--ssh {text}: there is no '{absent}'", "name an agent's socket or private keys: --ssh default=$HOME/.ssh/id_ed25519"),
                    _ => await agents.StartAsync(context, paths, cancellationToken).ConfigureAwait(false),
                };
            }

            return agents;
        }
        catch
        {
            agents.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach ((Process agent, string folder) in started)
        {
            agent.Kill();
            agent.WaitForExit();
            agent.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> StartAsync(CommandContext context, string[] keys, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("slipway-ssh-").FullName;
        string socket = Path.Join(folder, "agent");
        try
        {
            ProcessStartInfo start = new("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true };
            Process agent = Process.Start(start)!;
            started.Add((agent, folder));

            // It says where it listens once it does.
            await agent.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            ProcessStartInfo add = new("ssh-add", ["-q", .. keys]);
            add.Environment["SSH_AUTH_SOCK"] = socket;
            using Process adding = Process.Start(add)!;
            await adding.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return adding.ExitCode == 0 ? socket : throw new CliException($"ssh-add does not take {string.Join(", ", keys)}", "a key file has the mode 600 and is a private key");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CliException("--ssh with keys needs ssh-agent and ssh-add", $"for example: apt-get install openssh-client; or name an agent's socket ({context.Environment("SSH_AUTH_SOCK") ?? "SSH_AUTH_SOCK"})");
        }
    }
}
