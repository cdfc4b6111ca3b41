using System.Diagnostics;

namespace Slipway.Api.Tests.Logins;

/// <summary>Docker's file of logins as several clients have written it, and the programs that it names.</summary>
public sealed class DockerConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-logins-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"auths":{"a.io":{"auth":"bWU6bXk6c2VjcmV0"}}}""", "a.io", "me my:secret")]
    [InlineData("""{"auths":{"https://a.io":{"auth":"bWU6bXk6c2VjcmV0"}}}""", "a.io", "me my:secret")]
    [InlineData("""{"auths":{"http://a.io:5000/v2/":{"auth":"bWU6bXk6c2VjcmV0"}}}""", "a.io:5000", "me my:secret")]
    [InlineData("""{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6bXk6c2VjcmV0"}}}""", "docker.io", "me my:secret")]
    [InlineData("""{"auths":{"a.io":{"username":"me","password":"mine"}}}""", "a.io", "me mine")]
    [InlineData("""{"auths":{"a.io":{"auth":"bWU6","identitytoken":"it"}}}""", "a.io", "<token> it")]
    [InlineData("""{"auths":{"a.io:5000":{"auth":"bWU6bXk6c2VjcmV0"}}}""", "a.io", null)]
    [InlineData("""{"auths":{"a.io":{}}}""", "a.io", null)]
    [InlineData("""{"auths":{"a.io":null}}""", "a.io", null)]
    [InlineData("""{"auths":["a.io"],"credHelpers":7}""", "a.io", null)]
    [InlineData("[]", "a.io", null)]
    [InlineData("""{"auths":{"a.io":{"auth":"bWU="}}}""", "a.io", null)]
    public async Task A_login_is_found_however_it_was_written(string json, string registry, string? expected)
    {
        RegistryAccount? account = await Write(json).FindAsync(registry, CancellationToken.None);
        Assert.Equal(expected, account is null ? null : $"{account.User} {account.Password}");
    }

    [Theory]
    [InlineData("""{"auths":{"a.io":{"auth":"!"}}}""", "is not base64")]
    [InlineData("""{"credsStore":"is-not-there"}""", "docker-credential-is-not-there is not on the PATH")]
    [InlineData("""{"credsStore":"../../bin/sh"}""", "is not a credential helper's name")]
    public async Task What_cannot_be_read_is_said_with_what_to_do(string json, string message)
    {
        ApiException failure = await Assert.ThrowsAsync<ApiException>(() => Write(json).FindAsync("a.io", CancellationToken.None));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Problem.Hint!);
    }

    [Fact]
    public async Task An_identity_token_of_a_helper_is_one_here()
    {
        string helper = Helper("cat > /dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"it\"}'");
        RegistryAccount? account = await Write($$"""{"credHelpers":{"a.io":"{{helper}}"} }""").FindAsync("a.io", CancellationToken.None);
        Assert.Equal((RegistryAccount.IdentityTokenUser, "it"), (account!.User, account.Password));
    }

    [Theory]
    [InlineData("echo 'credentials not found in native keychain'; exit 1", null)]
    [InlineData("echo 'the keychain is locked' >&2; exit 1", "the keychain is locked")]
    [InlineData("exec < /dev/null; echo 'not JSON'", "its answer is not what helpers answer")]
    [InlineData("echo '{}'", "its answer is not what helpers answer")]
    public async Task A_helper_that_has_none_is_no_failure_and_one_that_fails_is(string script, string? message)
    {
        DockerConfig config = Write($$"""{"credsStore":"{{Helper(script)}}"}""");
        if (message is null)
        {
            Assert.Null(await config.FindAsync("a.io", CancellationToken.None));
            return;
        }

        ApiException failure = await Assert.ThrowsAsync<ApiException>(() => config.FindAsync("a.io", CancellationToken.None));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_that_hangs_ends_with_who_asked()
    {
        string pid = Path.Combine(_folder, "pid");
        ProcessStartInfo make = new("mkfifo", [pid]);
        await Process.Start(make)!.WaitForExitAsync();
        DockerConfig config = Write($$"""{"credsStore":"{{Helper($"echo $$ > {pid}; exec sleep 1000")}}"}""");
        using CancellationTokenSource stop = new();
        Task asking = config.FindAsync("a.io", stop.Token);
        using Process helper = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), System.Globalization.CultureInfo.InvariantCulture));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await helper.WaitForExitAsync();
    }

    [Fact]
    public async Task A_logout_takes_every_spelling_out_and_leaves_the_rest()
    {
        DockerConfig config = Write("""{"auths":{"a.io":{"auth":"bWU6bXk="},"https://a.io/v1/":{"auth":"bWU6bXk="},"b.io":{"auth":"bWU6bXk="}},"proxies":{"default":{}}}""");
        Assert.True(await config.EraseAsync("a.io", CancellationToken.None));
        string left = await File.ReadAllTextAsync(Path.Combine(_folder, "config.json"));
        Assert.DoesNotContain("a.io", left, StringComparison.Ordinal);
        Assert.Contains("b.io", left, StringComparison.Ordinal);
        Assert.Contains("proxies", left, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_empty_and_one_that_is_no_JSON_is_named()
    {
        Assert.Equal("/d/config.json", DockerConfig.PathOf(name => name == "DOCKER_CONFIG" ? "d" : null, "/"));
        Assert.Equal("/home/me/.docker/config.json", DockerConfig.PathOf(name => name == "HOME" ? "/home/me" : null, "/"));
        DockerConfig.ReadFile(Path.Combine(_folder, "none"));
        Assert.Contains("config.json cannot be read", Assert.Throws<ApiException>(() => Write("{")).Message, StringComparison.Ordinal);
    }

    private DockerConfig Write(string json)
    {
        string path = Path.Combine(_folder, "config.json");
        File.WriteAllText(path, json);
        return DockerConfig.ReadFile(path);
    }

    /// <summary>Makes a helper on the PATH, under a name of its own.</summary>
    private string Helper(string script)
    {
        string name = $"slipway-{Guid.NewGuid():n}", file = Path.Combine(_folder, $"docker-credential-{name}");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:{_folder}");
        return name;
    }
}
