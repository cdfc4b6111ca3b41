using System.Text.Json;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>pull</c>, <c>push</c>, <c>login</c>: a second home against the registry of the first.</summary>
public sealed class ClientTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    [Fact]
    public async Task An_image_goes_to_a_registry_and_runs_where_it_is_pulled()
    {
        string name = $"{world.Host}/client/app:1";
        await world.Slipway.RunAsync("tag", "busybox", name);
        TransferImageResult pushed = await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", name);
        TransferImageResult again = await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", name);
        Assert.Equal((pushed.Digest, 0), (again.Digest, again.Bytes));

        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        TransferImageResult pulled = await other.JsonAsync(ApiJson.Default.TransferImageResult, "pull", name);
        Assert.Equal(pushed.Digest, pulled.Digest);
        Assert.True(pulled.Bytes > 0);
        Assert.Equal(0, (await other.JsonAsync(ApiJson.Default.TransferImageResult, "pull", name)).Bytes);
        Assert.Contains("pulled", await other.RunAsync("run", "--rm", name, "echo", "pulled"), StringComparison.Ordinal);
        await other.RunAsync("pull", $"{world.Host}/client/app@{pushed.Digest}");
    }

    [Fact]
    public async Task A_layer_of_another_repository_is_mounted_and_not_sent()
    {
        await world.Slipway.RunAsync("tag", "busybox", $"{world.Host}/mount/one:1");
        await world.Slipway.RunAsync("push", $"{world.Host}/mount/one:1");
        await world.Slipway.RunAsync("tag", "busybox", $"{world.Host}/mount/two:1");
        Assert.Equal(0, (await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", $"{world.Host}/mount/two:1")).Bytes);
        Assert.Contains("two", await world.Slipway.RunAsync("run", "--rm", "mount/two:1", "echo", "two"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_the_registrys_words()
    {
        CommandOutput output = await world.Slipway.TryAsync("pull", $"{world.Host}/not/there:1");
        Assert.NotEqual(0, output.ExitCode);
        Assert.Contains("MANIFEST_UNKNOWN", output.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_is_checked_kept_in_dockers_file_used_and_forgotten()
    {
        string folder = Directory.CreateDirectory(Path.Combine(world.Slipway.Folder, "docker")).FullName, file = Path.Combine(folder, "config.json");
        world.Slipway.SetEnvironment("DOCKER_CONFIG", folder);
        using JsonDocument key = JsonDocument.Parse(await world.Slipway.RunAsync("key", "create", "--name", "login", "-o", "json"));
        string id = key.RootElement.GetProperty("id").GetString()!, secret = key.RootElement.GetProperty("secret").GetString()!;
        CommandOutput wrong = await world.Slipway.FeedAsync("not the secret\n", "login", "-u", id, world.Host);
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.False(File.Exists(file));

        CommandOutput right = await world.Slipway.FeedAsync(secret + "\n", "login", "-u", id, world.Host);
        Assert.True(right.ExitCode == 0, right.ToString());
        Assert.DoesNotContain(secret, right.Stdout + right.Stderr, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        CommandOutput skopeo = await ChildProcess.RunAsync("skopeo", ["inspect", "--authfile", file, "--tls-verify=false", $"docker://{world.Host}/busybox:latest"]);
        Assert.True(skopeo.ExitCode == 0, skopeo.ToString());
        await world.Slipway.RunAsync("tag", "busybox", $"{world.Host}/login/app:1");
        await world.Slipway.RunAsync("push", $"{world.Host}/login/app:1");

        Assert.Contains("logged out", await world.Slipway.RunAsync("logout", world.Host), StringComparison.Ordinal);
        Assert.DoesNotContain(world.Host, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        world.Slipway.SetEnvironment("DOCKER_CONFIG", null);
    }
}
