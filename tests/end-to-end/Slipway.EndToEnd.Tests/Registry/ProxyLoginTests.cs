using System.Net;
using System.Text;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>slipway serve --proxy --proxy-logins</c>: a cache of registries that ask who it is, by a token and by a password.</summary>
public sealed class ProxyLoginTests
{
    private const string Password = "it is secret";

    /// <summary>That password under bcrypt.</summary>
    private const string Users = "me:$2b$05$abcdefghijklmnopqrstuukw0LvwUkSLhnQN5mw4EvFgfbzIoo9Bu\n";

    [Fact]
    public async Task A_server_of_ours_that_asks_for_a_token_is_an_upstream_once_its_user_has_logged_in()
    {
        await using SlipwayBinary upstream = await SlipwayBinary.CreateAsync(), cache = await SlipwayBinary.CreateAsync(withBusybox: false);
        await upstream.RunAsync("tag", "busybox", "team/base:1");
        await upstream.RunAsync("tag", "busybox", "other/base:1");
        AccessKeyInfo key = await upstream.JsonAsync(ApiJson.Default.AccessKeyInfo, "key", "create", "--repository", "team/*=pull");
        Uri there = await upstream.ListenAsync("--anonymous", "none");
        cache.SetEnvironment("DOCKER_CONFIG", Directory.CreateDirectory(Path.Combine(cache.Folder, "docker")).FullName);
        Uri here = await cache.ListenAsync("--proxy", $"up.example={there}", "--proxy-logins", "docker");

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(here, "team/base"));
        CommandOutput login = await cache.FeedAsync(key.Secret!, "login", "-u", key.Id, there.Authority);
        Assert.True(login.ExitCode == 0, login.ToString());
        await CopyAsync(here, "team/base:1", cache.Folder);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(here, "other/base"));

        Uri without = await cache.ListenAsync("--proxy", $"fresh.example={there}");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(without, "team/base", "fresh.example"));
    }

    [Fact]
    public async Task A_registry_that_asks_for_a_password_gets_the_one_of_a_file_and_of_its_helper()
    {
        await using DockerRegistry upstream = await DockerRegistry.StartAsync(Users);
        await using SlipwayBinary cache = await SlipwayBinary.CreateAsync();
        await PushAsync(cache, upstream.Host);
        string auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{Password}"));
        string file = cache.Write("logins.json", $$"""{"auths":{"{{upstream.Host}}":{"auth":"{{auth}}"} } }""");
        await CopyAsync(await cache.ListenAsync("--proxy", $"up.example=http://{upstream.Host}", "--proxy-logins", file), "team/base:1", cache.Folder);

        string helper = cache.Write("bin/docker-credential-slipway-test", $$"""
            #!/bin/sh
            cat > /dev/null
            echo '{"Username":"me","Secret":"{{Password}}"}'
            """);
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        cache.SetEnvironment("PATH", $"{Path.GetDirectoryName(helper)}:{Environment.GetEnvironmentVariable("PATH")}");
        string helped = cache.Write("helped.json", $$"""{"credHelpers":{"{{upstream.Host}}":"slipway-test"} }""");
        Uri here = await cache.ListenAsync("--proxy", $"two.example=http://{upstream.Host}", "--proxy-logins", helped);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(here, "team/base", "two.example"));

        // A login that is taken away is no more; one that cannot be read is said so.
        cache.Write("helped.json", "{}");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(here, "team/other", "two.example"));
        cache.Write("helped.json", """{"credsStore":"not-there"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(here, "team/third", "two.example"));
        using HttpClient http = new() { BaseAddress = here };
        Assert.DoesNotContain("docker-credential", await (await http.GetAsync("/v2/two.example/team/fourth/manifests/1")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task PushAsync(SlipwayBinary server, string host)
    {
        string home = Directory.CreateDirectory(Path.Combine(server.Folder, "pusher")).FullName;
        server.SetEnvironment("DOCKER_CONFIG", home);
        CommandOutput login = await server.FeedAsync(Password, "login", "-u", "me", host);
        Assert.True(login.ExitCode == 0, login.ToString());
        await server.RunAsync("tag", "busybox", $"{host}/team/base:1");
        await server.RunAsync("push", $"{host}/team/base:1");
        server.SetEnvironment("DOCKER_CONFIG", null);
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri cache, string repository, string domain = "up.example")
    {
        using HttpClient http = new() { BaseAddress = cache };
        using HttpResponseMessage answer = await http.GetAsync($"/v2/{domain}/{repository}/manifests/1");
        return answer.StatusCode;
    }

    private static async Task CopyAsync(Uri cache, string image, string folder)
    {
        CommandOutput output = await ChildProcess.RunAsync(
            "skopeo", ["--insecure-policy", "copy", "--src-tls-verify=false", $"docker://{cache.Authority}/up.example/{image}", $"oci:{folder}/{Guid.NewGuid():n}:it"]);
        Assert.True(output.ExitCode == 0, output.ToString());
    }
}
