using System.Net;
using System.Net.Http.Headers;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>Access keys for repositories of the registry, with our own client and at the other doors of the port.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task Our_client_pulls_and_pushes_with_tokens_what_its_key_may()
    {
        await using SlipwayBinary server = await SlipwayBinary.CreateAsync(), client = await SlipwayBinary.CreateAsync(withBusybox: false);
        await server.RunAsync("tag", "busybox", "team/base:1");
        AccessKeyInfo key = await server.JsonAsync(ApiJson.Default.AccessKeyInfo, "key", "create", "--repository", "team/*=pull,push", "--repository", "library/busybox=pull");
        Assert.Equal(["team/*=pull,push", "busybox=pull"], key.Repositories);
        Assert.Contains("team/*=pull,push", await server.RunAsync("key", "ls"), StringComparison.Ordinal);
        string host = (await server.ListenAsync("--anonymous", "none")).Authority;
        client.SetEnvironment("DOCKER_CONFIG", Directory.CreateDirectory(Path.Combine(client.Folder, "docker")).FullName);

        await FailsAsync(client, "pull", $"{host}/team/base:1");
        CommandOutput wrong = await client.FeedAsync("wrong", "login", "-u", key.Id, host);
        Assert.NotEqual(0, wrong.ExitCode);
        CommandOutput right = await client.FeedAsync(key.Secret!, "login", "-u", key.Id, host);
        Assert.True(right.ExitCode == 0, right.ToString());
        await client.RunAsync("pull", $"{host}/team/base:1");
        await client.RunAsync("pull", $"{host}/busybox:latest");
        await client.RunAsync("tag", $"{host}/team/base:1", $"{host}/team/pushed:1");
        await client.RunAsync("push", $"{host}/team/pushed:1");
        Assert.Contains("arrived", await server.RunAsync("run", "--rm", "team/pushed:1", "echo", "arrived"), StringComparison.Ordinal);
        await client.RunAsync("tag", $"{host}/team/base:1", $"{host}/busybox:mine");
        Assert.Contains("may not push", (await FailsAsync(client, "push", $"{host}/busybox:mine")).Stderr, StringComparison.Ordinal);

        await server.RunAsync("key", "rm", key.Id);
        await FailsAsync(client, "pull", $"{host}/team/base:1");
    }

    [Fact]
    public async Task A_key_for_repositories_opens_neither_S3_nor_the_API_and_a_key_for_all_opens_them()
    {
        await using SlipwayBinary server = await SlipwayBinary.CreateAsync(withBusybox: false);
        AccessKeyInfo key = await server.JsonAsync(ApiJson.Default.AccessKeyInfo, "key", "create", "--repository", "*=*");
        AccessKeyInfo whole = await server.JsonAsync(ApiJson.Default.AccessKeyInfo, "key", "create");
        CommandOutput both = await server.TryAsync("key", "create", "--read-only", "--repository", "*=pull");
        Assert.Contains("--repository 'PATTERN=pull'", both.Stderr, StringComparison.Ordinal);
        using HttpClient http = new() { BaseAddress = await server.ListenAsync() };
        Assert.Equal(HttpStatusCode.Forbidden, await ApiAsync(http, key));
        Assert.Equal(HttpStatusCode.OK, await ApiAsync(http, whole));
        Assert.Equal("for repositories of the registry", await S3RefusalAsync(server, http.BaseAddress, key));
        Assert.Equal("", await S3RefusalAsync(server, http.BaseAddress, whole));
    }

    private static async Task<HttpStatusCode> ApiAsync(HttpClient http, AccessKeyInfo key)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/info");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"{key.Id}:{key.Secret}");
        using HttpResponseMessage answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<string> S3RefusalAsync(SlipwayBinary server, Uri address, AccessKeyInfo key)
    {
        string config = server.Write($"{key.Id}.cfg", $"[default]\naccess_key = {key.Id}\nsecret_key = {key.Secret}\nhost_base = {address.Authority}\nhost_bucket = {address.Authority}\nuse_https = False\n");
        CommandOutput output = await ChildProcess.RunAsync("s3cmd", ["-c", config, "ls"]);
        const string Refusal = "for repositories of the registry";
        return output.ExitCode == 0 ? "" : output.Stderr.Contains(Refusal, StringComparison.Ordinal) ? Refusal : output.ToString();
    }

    private static async Task<CommandOutput> FailsAsync(SlipwayBinary client, params string[] arguments)
    {
        CommandOutput output = await client.TryAsync(arguments);
        Assert.True(output.ExitCode != 0, output.ToString());
        return output;
    }
}
