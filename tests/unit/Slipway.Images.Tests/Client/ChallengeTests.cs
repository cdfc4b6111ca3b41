using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>What registries write into <c>WWW-Authenticate</c>, and the passwords that some of them want.</summary>
public sealed class ChallengeTests
{
    [Theory]
    [InlineData("Bearer realm=\"https://a.io/t\",service=\"s\",scope=\"repository:x:pull\"", "https://a.io/t?service=s&scope=repository%3Ax%3Apull", null)]
    [InlineData("bearer Realm=\"https://a.io/t?x=1\", Service=\"s t\"", "https://a.io/t?x=1&service=s%20t", null)]
    [InlineData("Bearer realm=https://a.io/t,error=insufficient_scope", "https://a.io/t", "insufficient_scope")]
    [InlineData("Bearer service=\"say \\\"s\\\"\",realm=\"https://a.io/t\"", "https://a.io/t?service=say%20%22s%22", null)]
    [InlineData("Basic realm=\"a\", Bearer realm=\"https://a.io/t\"", "https://a.io/t", null)]
    [InlineData("Bearer realm=\"https://a.io/t\",scope=\"a b\"", "https://a.io/t?scope=a&scope=b", null)]
    public void A_challenge_says_where_a_token_is_to_be_had(string header, string address, string? error)
    {
        AuthenticationChallenge challenge = Find(header)!;
        Assert.Equal((address, error), (challenge.TokenAddress(challenge.Scopes).AbsoluteUri, challenge.Error));
    }

    [Theory]
    [InlineData("Basic realm=\"a\"", true)]
    [InlineData("Bearer, Basic realm=\"a\"", true)]
    [InlineData("Bearer realm=\"file:///etc/passwd\", Basic realm=\"a\"", true)]
    [InlineData("Bearer realm=\"not an address\"", false)]
    [InlineData("Digest realm=\"a\"", false)]
    public void Where_no_token_is_to_be_had_a_password_may_be_wanted(string header, bool isBasic)
    {
        AuthenticationChallenge? challenge = Find(header);
        Assert.Equal(isBasic, challenge is { Realm: null });
        Assert.Equal(isBasic, challenge is not null);
    }

    [Fact]
    public async Task A_password_is_sent_when_it_is_asked_for_and_then_unasked()
    {
        await using FakeRegistry fake = AskingForPassword();
        using RegistryClient client = RegistryClient.Open(TimeProvider.System);
        RegistryConnection registry = Connect(fake, client, new("me", "mine"));
        await RemoteContent.ReadManifestAsync(registry, "1", CancellationToken.None);
        await RemoteContent.ReadManifestAsync(registry, "1", CancellationToken.None);
        string proof = FakeTokens.BasicOf("me", "mine");
        Assert.Equal([null, proof, proof], fake.Asked.Select(request => request.Authorization));
        await RegistryLogin.CheckAsync(client, fake.Address, new("me", "mine"), CancellationToken.None);
    }

    [Theory]
    [InlineData(null, null, "asks who we are for app")]
    [InlineData("me", "wrong", "does not accept me for app")]
    [InlineData("<token>", "a token", "does not accept this identity token for app")]
    public async Task Who_has_none_that_is_right_is_told_so(string? user, string? password, string message)
    {
        await using FakeRegistry fake = AskingForPassword();
        using RegistryClient client = RegistryClient.Open(TimeProvider.System);
        RegistryConnection registry = Connect(fake, client, user is null ? null : new(user, password!));
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => RemoteContent.ReadManifestAsync(registry, "1", CancellationToken.None));
        Assert.Equal(ErrorKind.PermissionDenied, refused.Kind);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_changes_meanwhile_is_asked_for_anew()
    {
        await using FakeRegistry fake = AskingForPassword();
        using RegistryClient client = RegistryClient.Open(TimeProvider.System);
        RegistryCredential now = new("me", "wrong");
        RegistryConnection registry = new(client, fake.Address, RepositoryName.Of(ImageReference.Parse("here.example/app:1")), _ => ValueTask.FromResult<RegistryCredential?>(now), push: false);
        await Assert.ThrowsAsync<SlipwayException>(() => RemoteContent.ReadManifestAsync(registry, "1", CancellationToken.None));
        now = new("me", "mine");
        await RemoteContent.ReadManifestAsync(registry, "1", CancellationToken.None);
    }

    private static FakeRegistry AskingForPassword() => new(request =>
        request.Authorization == FakeTokens.BasicOf("me", "mine") ? FakeAnswer.Of(200, "{}") : FakeAnswer.Of(401, "", ("WWW-Authenticate", "Basic realm=\"it\"")));

    private static RegistryConnection Connect(FakeRegistry fake, RegistryClient client, RegistryCredential? credential) =>
        new(client, fake.Address, RepositoryName.Of(ImageReference.Parse("here.example/app:1")), credential, push: false);

    private static AuthenticationChallenge? Find(string header)
    {
        using HttpResponseMessage answer = new();
        answer.Headers.TryAddWithoutValidation("WWW-Authenticate", header);
        return AuthenticationChallenge.Find(answer.Headers.WwwAuthenticate);
    }
}
