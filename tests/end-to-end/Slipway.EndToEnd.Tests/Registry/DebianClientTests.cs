using System.Text.RegularExpressions;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>
/// Clients of other projects against a server with TLS and keys for some repositories: they log in, pull by tag and by digest, copy and push, and are refused
/// where their key says nothing. Each keeps its images in a folder of its own.
/// </summary>
public sealed partial class DebianClientTests(SecureRegistryWorld world) : IClassFixture<SecureRegistryWorld>
{
    [Fact]
    public async Task Skopeo()
    {
        string login = Path.Combine(world.Folder("skopeo"), "login.json"), layout = Path.Combine(world.Folder("skopeo"), "layout");
        string[] trust = ["--authfile", login, "--cert-dir", world.Authority.RootFolder];
        string[] copy = ["--insecure-policy", "copy", "--preserve-digests", "--authfile", login, "--src-cert-dir", world.Authority.RootFolder, "--dest-cert-dir", world.Authority.RootFolder];
        await FailsAsync("skopeo", "--insecure-policy", "inspect", "--cert-dir", world.Authority.RootFolder, $"docker://{world.Host}/team/base:1");
        await LoginAsync("skopeo", ["login", .. trust]);

        string digest = await world.DigestAsync("team/base:1");
        await RunAsync("skopeo", [.. copy, $"docker://{world.Host}/team/base:1", $"docker://{world.Host}/team/skopeo:1"]);
        await RunAsync("skopeo", [.. copy, $"docker://{world.Host}/team/skopeo@{digest}", $"oci:{layout}:it"]);
        await RunAsync("skopeo", [.. copy, "--all", $"oci:{layout}:it", $"docker://{world.Host}/team/skopeo:2"]);
        Assert.Contains("\"2\"", await RunAsync("skopeo", ["list-tags", .. trust, $"docker://{world.Host}/team/skopeo"]), StringComparison.Ordinal);
        Assert.Equal(digest, await world.DigestAsync("team/skopeo:2"));
        await world.RunsAsync("team/skopeo:1");

        await FailsAsync("skopeo", [.. copy, $"docker://{world.Host}/team/base:1", $"docker://{world.Host}/other/skopeo:1"]);
        await FailsAsync("skopeo", [.. copy, $"docker://{world.Host}/other/base:1", $"docker://{world.Host}/team/stolen:1"]);
        await FailsAsync("skopeo", ["delete", .. trust, $"docker://{world.Host}/team/skopeo:2"]);
        await LoginAsync("skopeo", ["login", .. trust], world.WholeKey.Id, world.WholeKey.Secret!);
        await RunAsync("skopeo", ["delete", .. trust, $"docker://{world.Host}/team/skopeo:2"]);
    }

    [Fact]
    public async Task Podman()
    {
        string folder = world.Folder("podman");
        string[] store = ["--root", $"{folder}/root", "--runroot", $"{folder}/run", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"];
        string[] trust = ["--authfile", $"{folder}/login.json", "--cert-dir", world.Authority.RootFolder];
        await LoginAsync("podman", [.. store, "login", .. trust]);
        await PullTagPushAsync("podman", store, trust);
    }

    [Fact]
    public async Task Buildah()
    {
        string folder = world.Folder("buildah");
        string[] store = ["--root", $"{folder}/root", "--runroot", $"{folder}/run", "--storage-driver", "vfs"];
        string[] trust = ["--authfile", $"{folder}/login.json", "--cert-dir", world.Authority.RootFolder];
        await LoginAsync("buildah", [.. store, "login", .. trust]);
        await PullTagPushAsync("buildah", store, trust);

        string container = (await RunAsync("buildah", [.. store, "from", .. trust, $"{world.Host}/team/base:1"])).Trim();
        await RunAsync("buildah", [.. store, "copy", container, world.Slipway.Write("buildah.txt", "made by buildah"), "/made"]);
        await RunAsync("buildah", [.. store, "commit", .. trust, container, $"docker://{world.Host}/team/made:1"]);
        Assert.Contains("made by buildah", await world.Slipway.RunAsync("run", "--rm", "team/made:1", "cat", "/made"), StringComparison.Ordinal);
        await RunAsync("buildah", [.. store, "rm", container]);
    }

    [Fact]
    public async Task Docker()
    {
        await using DockerEngine docker = await DockerEngine.StartAsync(world.Folder("docker"));
        await LoginAsync(DockerEngine.Client, ["login"], docker.Environment);
        await PullTagPushAsync(DockerEngine.Client, [], [], docker.Environment);
    }

    [Fact]
    public async Task Containerds_own()
    {
        await using Containerd containerd = await Containerd.StartAsync(world.Folder("containerd"));

        // On loopback it takes http for granted, unless it is told.
        string hosts = Path.Combine(world.Folder("containerd"), "hosts");
        Directory.CreateDirectory(Path.Combine(hosts, world.Host));
        await File.WriteAllTextAsync(
            Path.Combine(hosts, world.Host, "hosts.toml"), $"server = \"https://{world.Host}\"\n[host.\"https://{world.Host}\"]\n  ca = \"{world.Authority.RootFolder}/ca.crt\"\n");
        string[] user = ["--user", $"{world.TeamKey.Id}:{world.TeamKey.Secret}"], trust = ["--hosts-dir", hosts];
        string[] pull = [.. containerd.At, "images", "pull", "--snapshotter", "native", .. trust], push = [.. containerd.At, "images", "push", .. trust];
        string[] tag = [.. containerd.At, "images", "tag"], remove = [.. containerd.At, "images", "rm", "--sync"];
        string digest = await world.DigestAsync("team/base:1"), image = $"{world.Host}/team/containerd:1";
        await FailsAsync(Containerd.Client, [.. pull, $"{world.Host}/team/base:1"]);
        await FailsAsync(Containerd.Client, [.. pull, "--user", $"{world.TeamKey.Id}:wrong", $"{world.Host}/team/base:1"]);

        await RunAsync(Containerd.Client, [.. pull, .. user, $"{world.Host}/team/base:1"]);
        await RunAsync(Containerd.Client, [.. pull, .. user, $"{world.Host}/team/base@{digest}"]);
        await RunAsync(Containerd.Client, [.. tag, $"{world.Host}/team/base:1", image]);
        await RunAsync(Containerd.Client, [.. push, .. user, image]);
        Assert.Equal(digest, await world.DigestAsync("team/containerd:1"));
        await world.RunsAsync("team/containerd:1");

        // Anew, from what was pushed.
        await RunAsync(Containerd.Client, [.. remove, image, $"{world.Host}/team/base:1", $"{world.Host}/team/base@{digest}"]);
        await RunAsync(Containerd.Client, [.. pull, .. user, $"{world.Host}/team/containerd@{digest}"]);
        await RunAsync(Containerd.Client, [.. pull, .. user, image]);

        await RunAsync(Containerd.Client, [.. tag, image, $"{world.Host}/other/containerd:1"]);
        await FailsAsync(Containerd.Client, [.. push, .. user, $"{world.Host}/other/containerd:1"]);
        await FailsAsync(Containerd.Client, [.. pull, .. user, $"{world.Host}/other/base:1"]);
        Assert.NotEqual(0, (await world.Slipway.TryAsync("image", "inspect", "other/containerd:1")).ExitCode);
    }

    [Fact]
    public async Task Slipway_itself_from_another_home()
    {
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        other.SetEnvironment("DOCKER_CONFIG", world.Folder("slipway"));
        CommandOutput stranger = await other.TryAsync("pull", $"{world.Host}/team/base:1");
        Assert.NotEqual(0, stranger.ExitCode);

        CommandOutput login = await other.FeedAsync(world.TeamKey.Secret! + "\n", "login", "-u", world.TeamKey.Id, world.Host);
        Assert.True(login.ExitCode == 0, login.ToString());
        await other.RunAsync("pull", $"{world.Host}/team/base:1");
        await other.RunAsync("tag", $"{world.Host}/team/base:1", $"{world.Host}/team/slipway:1");
        await other.RunAsync("push", $"{world.Host}/team/slipway:1");
        Assert.Equal(await world.DigestAsync("team/base:1"), await world.DigestAsync("team/slipway:1"));

        CommandOutput plain = await other.TryAsync("pull", "--plain-http", $"{world.Host}/team/base:1");
        Assert.NotEqual(0, plain.ExitCode);
    }

    /// <summary>What these three say in the same words.</summary>
    private async Task PullTagPushAsync(string program, string[] store, string[] trust, IReadOnlyDictionary<string, string>? environment = null)
    {
        string digest = await world.DigestAsync("team/base:1"), name = Path.GetFileName(program), image = $"{world.Host}/team/{name}:1";
        await RunAsync(program, [.. store, "pull", .. trust, $"{world.Host}/team/base:1"], environment);
        await RunAsync(program, [.. store, "pull", .. trust, $"{world.Host}/team/base@{digest}"], environment);
        await RunAsync(program, [.. store, "tag", $"{world.Host}/team/base:1", image], environment);
        await RunAsync(program, [.. store, "push", .. trust, image], environment);
        await world.RunsAsync($"team/{name}:1");

        // Anew, from what was pushed.
        string pushed = await world.DigestAsync($"team/{name}:1");
        await RunAsync(program, [.. store, "rmi", image, $"{world.Host}/team/base:1"], environment);
        await RunAsync(program, [.. store, "pull", .. trust, $"{world.Host}/team/{name}@{pushed}"], environment);
        await RunAsync(program, [.. store, "pull", .. trust, image], environment);

        string foreign = $"{world.Host}/other/{name}:1";
        await RunAsync(program, [.. store, "tag", image, foreign], environment);
        await FailsAsync(program, [.. store, "push", .. trust, foreign], environment);
        await FailsAsync(program, [.. store, "pull", .. trust, $"{world.Host}/other/base:1"], environment);
        Assert.NotEqual(0, (await world.Slipway.TryAsync("image", "inspect", $"other/{name}:1")).ExitCode);
    }

    private Task LoginAsync(string program, string[] login, IReadOnlyDictionary<string, string>? environment = null) =>
        LoginAsync(program, login, world.TeamKey.Id, world.TeamKey.Secret!, environment);

    private async Task LoginAsync(string program, string[] login, string user, string password, IReadOnlyDictionary<string, string>? environment = null)
    {
        CommandOutput wrong = await ChildProcess.RunAsync(program, [.. login, "-u", user, "--password-stdin", world.Host], environment, "wrong");
        Assert.True(wrong.ExitCode != 0, wrong.ToString());
        CommandOutput right = await ChildProcess.RunAsync(program, [.. login, "-u", user, "--password-stdin", world.Host], environment, password);
        Assert.True(right.ExitCode == 0, right.ToString());
    }

    private static async Task<string> RunAsync(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        CommandOutput output = await ChildProcess.RunAsync(program, arguments, environment);
        Assert.True(output.ExitCode == 0, output.ToString());
        return output.Stdout;
    }

    private static Task FailsAsync(string program, params string[] arguments) => FailsAsync(program, arguments, null);

    private static async Task FailsAsync(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        CommandOutput output = await ChildProcess.RunAsync(program, arguments, environment);
        Assert.True(output.ExitCode != 0, output.ToString());
        Assert.True(Refusal().IsMatch(output.Stderr), output.ToString());
    }

    [GeneratedRegex("denied|unauthorized|authentication required|403 .?Forbidden", RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();
}
