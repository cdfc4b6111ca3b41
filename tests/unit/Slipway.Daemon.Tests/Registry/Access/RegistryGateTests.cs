using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.Registry;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.S3.Keys;
using Slipway.Daemon.Tests.Collection;

namespace Slipway.Daemon.Tests.Registry.Access;

/// <summary>Who passes the registry's gate, with what, and what the others are told.</summary>
public sealed class RegistryGateTests : IAsyncLifetime
{
    private static readonly string Blob = Digest.Of("x").ToString();
    private readonly HandClock _clock = new();
    private StoreWorld _world = null!;
    private AccessKeyStore _keys = null!;

    public async Task InitializeAsync()
    {
        _world = await StoreWorld.OpenAsync();
        _keys = new AccessKeyStore(_world.Rows, _clock);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("none", true, "GET", 401)]
    [InlineData("none", true, "POST", 401)]
    [InlineData("local", true, "GET", 404)]
    [InlineData("local", true, "POST", 202)]
    [InlineData("local", false, "GET", 401)]
    [InlineData("pull", false, "GET", 404)]
    [InlineData("pull", false, "POST", 401)]
    [InlineData("pull", true, "POST", 401)]
    [InlineData("local,pull", true, "POST", 202)]
    [InlineData("local,pull", false, "GET", 404)]
    [InlineData("local,pull", false, "POST", 401)]
    public async Task Who_shows_no_key_does_what_the_option_says(string option, bool local, string method, int status)
    {
        RegistryDoor door = Door(option);
        Assert.Equal(status, (await AskAsync(door, method, method == "GET" ? $"/v2/a/blobs/{Blob}" : "/v2/a/blobs/uploads/", null, local)).Response.StatusCode);
    }

    [Fact]
    public async Task The_challenge_says_where_tokens_are_and_for_what()
    {
        DefaultHttpContext http = await AskAsync(Door("none"), "POST", "/v2/library/demo/blobs/uploads/", null);
        Assert.Equal(
            "Bearer realm=\"http://registry.example:5000/v2/token\",service=\"slipway\",scope=\"repository:demo:push\"", http.Response.Headers.WWWAuthenticate.ToString());
        Assert.Equal(
            "Bearer realm=\"http://registry.example:5000/v2/token\",service=\"slipway\"", (await AskAsync(Door("pull"), "GET", "/v2/", null)).Response.Headers.WWWAuthenticate.ToString());
    }

    [Theory]
    [InlineData("team/*=pull,push", "team/app", 404, 202, 403)]
    [InlineData("team/*=pull", "team/app", 404, 403, 403)]
    [InlineData("team/*=delete", "team/app", 403, 403, 404)]
    [InlineData("team/*=*", "team/app", 404, 202, 404)]
    [InlineData("team/*=*", "other/app", 403, 403, 403)]
    [InlineData("team/*=* other/*=pull", "other/app", 404, 403, 403)]
    public async Task A_key_does_in_a_repository_what_its_grants_say(string grants, string repository, int pull, int push, int delete)
    {
        RegistryDoor door = Door("none");
        AccessKey key = await KeyAsync(grants);
        foreach (string proof in (string[])[Basic(key), await TokenAsync(door, key, $"repository:{repository}:*")])
        {
            Assert.Equal(pull, (await AskAsync(door, "GET", $"/v2/{repository}/blobs/{Blob}", proof)).Response.StatusCode);
            Assert.Equal(push, (await AskAsync(door, "POST", $"/v2/{repository}/blobs/uploads/", proof)).Response.StatusCode);
            Assert.Equal(delete, (await AskAsync(door, "DELETE", $"/v2/{repository}/blobs/{Blob}", proof)).Response.StatusCode);
        }
    }

    [Fact]
    public async Task A_token_is_good_for_what_it_was_asked_for_alone()
    {
        RegistryDoor door = Door("none");
        AccessKey key = await KeyAsync("*=*");
        string pull = await TokenAsync(door, key, "repository:a:pull");
        Assert.Equal(404, (await AskAsync(door, "GET", $"/v2/a/blobs/{Blob}", pull)).Response.StatusCode);
        Assert.Equal(200, (await AskAsync(door, "GET", "/v2/", pull)).Response.StatusCode);
        foreach ((string method, string path) in new[] { ("POST", "/v2/a/blobs/uploads/"), ("GET", $"/v2/b/blobs/{Blob}"), ("GET", "/v2/_catalog") })
        {
            DefaultHttpContext refused = await AskAsync(door, method, path, pull);
            Assert.Equal(401, refused.Response.StatusCode);
            Assert.Contains("error=\"insufficient_scope\"", refused.Response.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(200, (await AskAsync(door, "GET", "/v2/_catalog", await TokenAsync(door, key, "registry:catalog:*"))).Response.StatusCode);
    }

    [Fact]
    public async Task A_token_ends_with_its_time_and_with_its_key()
    {
        RegistryDoor door = Door("none");
        AccessKey key = await KeyAsync("*=*");
        string token = await TokenAsync(door, key, "repository:a:pull");
        _clock.Move(TokenIssuer.Validity);
        DefaultHttpContext late = await AskAsync(door, "GET", $"/v2/a/blobs/{Blob}", token);
        Assert.Equal(401, late.Response.StatusCode);
        Assert.Contains("error=\"invalid_token\"", late.Response.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);

        string again = await TokenAsync(door, key, "repository:a:pull");
        Assert.Equal(404, (await AskAsync(door, "GET", $"/v2/a/blobs/{Blob}", again)).Response.StatusCode);
        await _keys.DeleteAsync(key.Id, CancellationToken.None);
        Assert.Equal(401, (await AskAsync(door, "GET", $"/v2/a/blobs/{Blob}", again)).Response.StatusCode);
    }

    [Fact]
    public async Task Where_anybody_may_pull_a_token_without_a_key_pulls()
    {
        RegistryDoor door = Door("pull");
        string token = await TokenAsync(door, null, "repository:a:pull,push");
        Assert.Equal(404, (await AskAsync(door, "GET", $"/v2/a/blobs/{Blob}", token)).Response.StatusCode);
        Assert.Equal(401, (await AskAsync(door, "POST", "/v2/a/blobs/uploads/", token)).Response.StatusCode);
        Assert.Equal(401, (await AskAsync(Door("none"), "GET", "/v2/token", null)).Response.StatusCode);
    }

    [Fact]
    public async Task Nobody_gets_a_token_for_a_wrong_secret_or_by_another_grant_type()
    {
        RegistryDoor door = Door("pull");
        AccessKey key = await KeyAsync("*=*");
        string wrong = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key.Id}:wrong"));
        Assert.Equal(401, (await AskAsync(door, "GET", "/v2/token", wrong)).Response.StatusCode);
        Assert.Equal(401, (await PostAsync(door, $"grant_type=password&username={key.Id}&password=wrong")).Response.StatusCode);
        Assert.Equal(400, (await PostAsync(door, "grant_type=refresh_token&refresh_token=x")).Response.StatusCode);
        Assert.Equal(400, (await PostAsync(door, string.Join('&', Enumerable.Repeat("a=b", 1000)))).Response.StatusCode);
        Assert.Equal(405, (await AskAsync(door, "DELETE", "/v2/token", null)).Response.StatusCode);
        DefaultHttpContext right = await PostAsync(door, $"grant_type=password&service=slipway&client_id=test&username={key.Id}&password={key.Secret}&scope=repository:a:pull+repository:b:pull");
        string proof = "Bearer " + Json(right).GetProperty("access_token").GetString();
        Assert.Equal(404, (await AskAsync(door, "GET", $"/v2/b/blobs/{Blob}", proof)).Response.StatusCode);
    }

    [Fact]
    public async Task The_catalog_lists_and_a_mount_takes_from_what_the_key_may_pull()
    {
        RegistryDoor local = Door("local");
        foreach (string repository in (string[])["a", "team/b", "team/c"])
        {
            Assert.Equal(201, (await AskAsync(local, "POST", $"/v2/{repository}/blobs/uploads/", null, true, $"?digest={Digest.Of("{}")}", "{}")).Response.StatusCode);
            string manifest = $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{Digest.Of("{}")}}","size":2},"layers":[]}""";
            Assert.Equal(201, (await AskAsync(local, "PUT", $"/v2/{repository}/manifests/1", null, true, "", manifest)).Response.StatusCode);
        }

        string proof = Basic(await KeyAsync("team/*=push"));
        JsonElement listed = Json(await AskAsync(local, "GET", "/v2/_catalog", proof)).GetProperty("repositories");
        Assert.Equal(["team/b", "team/c"], listed.EnumerateArray().Select(name => name.GetString()!));
        string mount = $"?mount={Digest.Of("{}")}&from=";
        Assert.Equal(202, (await AskAsync(local, "POST", "/v2/team/new/blobs/uploads/", proof, false, mount + "a")).Response.StatusCode);
        Assert.Equal(201, (await AskAsync(local, "POST", "/v2/team/new/blobs/uploads/", proof, false, mount + "team/b")).Response.StatusCode);
    }

    private RegistryDoor Door(string anonymous)
    {
        string[] args = ["--anonymous", anonymous];
        return RegistryDoorFuzzTests.DoorOf(_world, AnonymousOption.Take(ref args), _clock);
    }

    private ValueTask<AccessKey> KeyAsync(string grants) =>
        _keys.CreateAsync("test", false, [.. grants.Split(' ').Select(RepositoryGrant.Parse)], CancellationToken.None);

    private static string Basic(AccessKey key) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key.Id}:{key.Secret}"));

    private static async Task<string> TokenAsync(RegistryDoor door, AccessKey? key, string scope)
    {
        DefaultHttpContext http = await AskAsync(door, "GET", "/v2/token", key is null ? null : Basic(key), false, $"?service=slipway&scope={Uri.EscapeDataString(scope)}");
        Assert.Equal(200, http.Response.StatusCode);
        return "Bearer " + Json(http).GetProperty("token").GetString();
    }

    private static Task<DefaultHttpContext> PostAsync(RegistryDoor door, string form) => AskAsync(door, "POST", "/v2/token", null, false, "", form, "application/x-www-form-urlencoded");

    private static JsonElement Json(DefaultHttpContext http)
    {
        using JsonDocument json = JsonDocument.Parse(((MemoryStream)http.Response.Body).ToArray());
        return json.RootElement.Clone();
    }

    private static async Task<DefaultHttpContext> AskAsync(
        RegistryDoor door, string method, string path, string? authorization, bool local = false, string query = "", string body = "", string? type = null)
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Path = path;
        http.Request.QueryString = new QueryString(query);
        http.Request.Host = new HostString(local ? "localhost" : "registry.example", 5000);
        http.Request.ContentType = type;
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        http.Response.Body = new MemoryStream();
        if (authorization is not null)
        {
            http.Request.Headers.Authorization = authorization;
        }

        await door.AnswerAsync(http);
        return http;
    }
}
