using Slipway.Daemon.Registry.Access;
using Slipway.Images;

namespace Slipway.Daemon.Tests.Registry.Access;

public sealed class TokenIssuerTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void A_token_says_what_it_was_made_for()
    {
        TokenIssuer issuer = new(_clock);
        (string token, DateTimeOffset issued) = issuer.Issue("KEY", TokenIssuer.ScopesOf("repository:team/app:pull,push registry:catalog:* repository:library/demo:*"));
        RegistryToken read = issuer.Read(token)!;
        Assert.Equal(("KEY", _clock.GetUtcNow(), _clock.GetUtcNow() + TokenIssuer.Validity), (read.KeyId, issued, read.Until));
        Assert.Equal(["repository:team/app:pull,push", "registry:catalog:*", "repository:demo:pull,push,delete"], read.Scopes.Select(scope => scope.ToString()));
        Assert.Null(issuer.Read(issuer.Issue(null, []).Token)!.KeyId);
    }

    [Fact]
    public void A_token_expires()
    {
        TokenIssuer issuer = new(_clock);
        string token = issuer.Issue("KEY", []).Token;
        _clock.Move(TokenIssuer.Validity - TimeSpan.FromSeconds(1));
        Assert.NotNull(issuer.Read(token));
        _clock.Move(TimeSpan.FromSeconds(1));
        Assert.Null(issuer.Read(token));
    }

    [Fact]
    public void A_token_that_was_changed_anywhere_is_none()
    {
        TokenIssuer issuer = new(_clock);
        string token = issuer.Issue("KEY", TokenIssuer.ScopesOf("repository:a:pull")).Token;
        for (int at = 0; at < token.Length; at++)
        {
            // The last character of each half carries bits that are no part of the bytes.
            char other = token[at] == 'A' ? 'Q' : 'A';
            RegistryToken? read = issuer.Read(token[..at] + other + token[(at + 1)..]);
            Assert.True(read is null || read.Scopes.Single().ToString() == "repository:a:pull", $"changed at {at}");
            Assert.Null(issuer.Read(token[..at]));
        }

        Assert.Null(new TokenIssuer(_clock).Read(token));
        Assert.Null(issuer.Read("a.b.c"));
        Assert.Null(issuer.Read("ü.ü"));
    }

    [Theory]
    [InlineData("repository:a")]
    [InlineData("repository::pull")]
    [InlineData("repository:A:pull")]
    [InlineData("repository:a:read")]
    [InlineData("registry:catalog:pull")]
    [InlineData("plugin:a:pull")]
    [InlineData(":::")]
    public void What_is_no_scope_here_is_in_no_token(string text) => Assert.Empty(TokenIssuer.ScopesOf(text));
}
