using System.Net;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>Tokens, asked for and renewed: a fake registry that is its own server of tokens.</summary>
public sealed class TokenTests
{
    private static readonly RegistryCredential Me = new("me", "my secret");

    [Theory]
    [InlineData("""{"token":"TOKEN"}""")]
    [InlineData("""{"access_token":"TOKEN","expires_in":300}""")]
    [InlineData("""{"token":"","access_token":"TOKEN","expires_in":"300"}""")]
    [InlineData("""{"token":"TOKEN","access_token":"TOKEN","expires_in":null,"issued_at":"never"}""")]
    public async Task A_challenge_is_answered_with_a_token_for_its_service_and_scope(string answer)
    {
        await using FakeTokens fake = new() { Gives = (_, token) => FakeAnswer.Of(200, answer.Replace("TOKEN", token, StringComparison.Ordinal)) };
        using RegistryClient client = fake.Open();
        RegistryConnection registry = fake.Connect(client, Me);
        await ReadAsync(registry);
        await ReadAsync(registry);

        FakeRequest asked = Assert.Single(fake.Tokens);
        Assert.Equal(FakeTokens.BasicOf("me", "my secret"), asked.Authorization);
        Assert.Equal(["it"], asked.Fields("service"));
        Assert.Equal(["repository:app:pull"], asked.Fields("scope"));
        Assert.Equal([null, "Bearer t1", "Bearer t1"], fake.Registry.AskedFor("/v2/").Select(request => request.Authorization));
    }

    [Fact]
    public async Task Who_has_no_login_asks_for_a_token_without_one()
    {
        await using FakeTokens fake = new();
        using RegistryClient client = fake.Open();
        await ReadAsync(fake.Connect(client, null));
        Assert.Null(Assert.Single(fake.Tokens).Authorization);
    }

    [Theory]
    [InlineData("""{"token":"TOKEN","expires_in":300}""", 299, 1)]
    [InlineData("""{"token":"TOKEN","expires_in":300}""", 301, 2)]
    [InlineData("""{"token":"TOKEN"}""", 59, 1)]
    [InlineData("""{"token":"TOKEN"}""", 61, 2)]
    [InlineData("""{"token":"TOKEN","expires_in":1}""", 59, 1)]
    [InlineData("""{"token":"TOKEN","expires_in":1e300}""", 7200, 1)]
    public async Task A_token_whose_time_is_over_is_renewed_before_it_is_refused(string answer, int seconds, int tokens)
    {
        await using FakeTokens fake = new() { Gives = (_, token) => FakeAnswer.Of(200, answer.Replace("TOKEN", token, StringComparison.Ordinal)) };
        using RegistryClient client = fake.Open();
        RegistryConnection registry = fake.Connect(client, Me);
        await ReadAsync(registry);
        fake.Clock.Move(TimeSpan.FromSeconds(seconds));
        await ReadAsync(registry);
        Assert.Equal(tokens, fake.Tokens.Length);
        Assert.Equal(3, fake.Registry.AskedFor("/v2/").Length);
    }

    [Fact]
    public async Task A_token_that_expires_midway_is_renewed()
    {
        string good = "t1";
        await using FakeTokens fake = new() { Takes = token => token == good, More = ",error=\"invalid_token\"" };
        using RegistryClient client = fake.Open();
        RegistryConnection registry = fake.Connect(client, Me);
        await ReadAsync(registry);
        good = "t2";
        await ReadAsync(registry);
        Assert.Equal([null, "Bearer t1", "Bearer t1", "Bearer t2"], fake.Registry.AskedFor("/v2/").Select(request => request.Authorization));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Of_an_insufficient_scope_a_token_is_asked_for_both(int status)
    {
        string good = "t1";
        await using FakeTokens fake = new() { Takes = token => token == good };
        using RegistryClient client = fake.Open();
        RegistryConnection registry = fake.Connect(client, Me);
        await ReadAsync(registry);
        (good, fake.RefusesWith, fake.More) = ("t2", status, ",scope=\"repository:other:pull repository:app:pull,push\",error=\"insufficient_scope\"");
        await ReadAsync(registry);
        Assert.Equal(["repository:app:pull", "repository:other:pull", "repository:app:pull,push"], fake.Tokens[1].Fields("scope"));
    }

    [Theory]
    [InlineData(401, ",scope=\"repository:app:pull\"")]
    [InlineData(401, ",error=\"insufficient_scope\"")]
    [InlineData(403, ",error=\"insufficient_scope\"")]
    public async Task What_a_new_token_does_not_open_is_refused_in_the_registrys_words(int status, string more)
    {
        await using FakeTokens fake = new() { Takes = _ => false, More = more, RefusesWith = status };
        using RegistryClient client = fake.Open();
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(fake.Connect(client, Me)));
        Assert.Equal(ErrorKind.PermissionDenied, refused.Kind);
        Assert.Contains("in the registry's words", refused.Message, StringComparison.Ordinal);
        Assert.Equal("Log in: slipway login here.example", refused.Hint);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, fake.Registry.AskedFor("/v2/").Length);
        Assert.Single(fake.Tokens);
    }

    [Fact]
    public async Task An_identity_token_is_posted_as_the_refresh_token_that_it_is()
    {
        await using FakeTokens fake = new() { Gives = (_, token) => FakeAnswer.Of(200, $$"""{"access_token":"{{token}}","refresh_token":"another"}""") };
        using RegistryClient client = fake.Open();
        await ReadAsync(fake.Connect(client, new("<token>", "the refresh+token")));
        FakeRequest asked = Assert.Single(fake.Tokens);
        Assert.Equal(("POST", null), (asked.Method, asked.Authorization));
        Assert.Equal("/token", asked.Target);
        Assert.Equal(
            ["refresh_token", "the refresh+token", "slipway", "it", "repository:app:pull"],
            ((string[])["grant_type", "refresh_token", "client_id", "service", "scope"]).Select(field => Assert.Single(asked.Fields(field))));
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant"}""", ErrorKind.PermissionDenied)]
    [InlineData(401, "", ErrorKind.PermissionDenied)]
    [InlineData(403, "", ErrorKind.PermissionDenied)]
    [InlineData(404, "", ErrorKind.Unavailable)]
    [InlineData(500, "", ErrorKind.Unavailable)]
    [InlineData(200, "<html>", ErrorKind.Unavailable)]
    [InlineData(200, "", ErrorKind.Unavailable)]
    [InlineData(200, "[]", ErrorKind.Unavailable)]
    [InlineData(200, """{"token":7}""", ErrorKind.Unavailable)]
    public async Task A_server_of_tokens_that_gives_none_is_no_wrong_password_unless_it_says_so(int status, string body, ErrorKind kind)
    {
        await using FakeTokens fake = new() { Gives = (_, _) => FakeAnswer.Of(status, body) };
        using RegistryClient client = fake.Open();
        foreach (RegistryCredential who in (RegistryCredential[])[Me, new("<token>", "my secret")])
        {
            SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(fake.Connect(client, who)));
            Assert.Equal(kind, failure.Kind);
            Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_of_tokens_that_is_busy_is_asked_again_when_it_says()
    {
        int asked = 0;
        await using FakeTokens fake = new()
        {
            Gives = (_, token) => Interlocked.Increment(ref asked) == 1 ? FakeAnswer.Of(429, "", ("Retry-After", "7")) : FakeAnswer.Of(200, $$"""{"token":"{{token}}"}"""),
        };
        using RegistryClient client = fake.Open();
        await ReadAsync(fake.Connect(client, Me));
        Assert.Equal([TimeSpan.FromSeconds(7)], fake.Clock.Waits);
    }

    [Fact]
    public async Task Requests_at_once_share_one_token()
    {
        await using FakeTokens fake = new();
        using RegistryClient client = fake.Open();
        RegistryConnection registry = fake.Connect(client, Me);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ReadAsync(registry)));
        Assert.Single(fake.Tokens);
    }

    [Fact]
    public async Task A_registry_with_TLS_that_sends_us_for_a_token_to_a_server_without_gets_nothing()
    {
        await using FakeTokens fake = new();
        using RegistryClient client = new(new ChallengeHandler($"Bearer realm=\"{fake.Registry.Address}token\",service=\"it\""), fake.Clock);
        RegistryConnection registry = new(client, new Uri("https://here.example/"), RepositoryName.Of(ImageReference.Parse("here.example/app:1")), Me, push: false);
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(registry));
        Assert.Contains("which has no TLS", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SlipwayException>(() => RegistryLogin.CheckAsync(client, new Uri("https://here.example/"), Me, CancellationToken.None));
        Assert.Empty(fake.Registry.Asked);
    }

    private static async Task ReadAsync(RegistryConnection registry)
    {
        (byte[] json, _) = await RemoteContent.ReadManifestAsync(registry, "1", CancellationToken.None);
        Assert.Equal(FakeTokens.Manifest, System.Text.Encoding.UTF8.GetString(json));
    }

    /// <summary>A registry that refuses everybody with one challenge.</summary>
    private sealed class ChallengeHandler(string challenge) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage answer = new(HttpStatusCode.Unauthorized) { RequestMessage = request };
            answer.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge);
            return Task.FromResult(answer);
        }
    }
}
