using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>A token of a registry.</summary>
/// <param name="Lifetime">How long it is good, from when it was asked for.</param>
internal readonly record struct BearerToken(string Text, TimeSpan Lifetime);

/// <summary>
/// The server that a registry sends us to for tokens (Docker's token authentication specification): asked by <c>GET</c> with the password, or, with an identity token, by
/// OAuth 2's <c>POST</c>, for which that is the refresh token.
/// </summary>
internal static class TokenServer
{
    private const string ClientId = "slipway";
    private const int LargestAnswer = 256 << 10;
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    /// <summary>What proves a user by the password.</summary>
    public static AuthenticationHeaderValue Basic(RegistryCredential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Password}")));

    /// <summary>Asks for a token.</summary>
    /// <param name="registry">Who sends us.</param>
    /// <returns>Null: it refuses us.</returns>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.Unavailable"/>: it does not answer, or with no token; <see cref="ErrorKind.PermissionDenied"/>: the registry has TLS, and it has none.
    /// </exception>
    public static async Task<BearerToken?> AskAsync(
        RegistryClient client, Uri registry, AuthenticationChallenge challenge, RegistryCredential? credential, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        Uri realm = challenge.Realm!;
        if (realm.Scheme != "https" && registry.Scheme == "https")
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, $"{registry.Authority} sends us for a token to {realm.Authority}, which has no TLS");
        }

        using HttpResponseMessage answer = credential is { IsIdentityToken: true }
            ? await client.SendAsync(() => Renewal(challenge, credential, scopes), realm, null, cancellationToken)
            : await client.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, challenge.TokenAddress(scopes)), realm, credential is null ? null : Basic(credential), cancellationToken);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => await ReadAsync(answer, realm, cancellationToken),

            // OAuth 2 refuses a refresh token that has expired by 400 (RFC 6749, section 5.2).
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest => null,
            _ => throw new SlipwayException(ErrorKind.Unavailable, $"{realm.Authority} answered {(int)answer.StatusCode} to the request for a token of {registry.Authority}"),
        };
    }

    private static HttpRequestMessage Renewal(AuthenticationChallenge challenge, RegistryCredential credential, IReadOnlyList<string> scopes) => new(HttpMethod.Post, challenge.Realm)
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"),
            new("refresh_token", credential.Password),
            new("client_id", ClientId),
            .. challenge.Fields([string.Join(' ', scopes)]),
        ]),
    };

    private static async Task<BearerToken> ReadAsync(HttpResponseMessage answer, Uri realm, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            byte[] buffer = new byte[LargestAnswer];
            int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            using JsonDocument json = JsonDocument.Parse(buffer.AsMemory(0, length));
            string? token = Text(json.RootElement, "token") ?? Text(json.RootElement, "access_token");
            return token is not null ? new BearerToken(token, LifetimeOf(json.RootElement))
                : throw new SlipwayException(ErrorKind.Unavailable, $"{realm.Authority} answered the request for a token with none");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or IOException)
        {
            throw new SlipwayException(ErrorKind.Unavailable, $"{realm.Authority} answered the request for a token with none: {fault.Message}", innerException: fault);
        }
    }

    private static string? Text(JsonElement answer, string field) =>
        answer.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A token is good for a minute where nothing is said, and never for less.</summary>
    private static TimeSpan LifetimeOf(JsonElement answer)
    {
        bool isSaid = answer.TryGetProperty("expires_in", out JsonElement value) && value.ValueKind == JsonValueKind.Number;
        double seconds = isSaid && value.TryGetDouble(out double said) ? Math.Clamp(said, ShortestLife.TotalSeconds, LongestLife.TotalSeconds) : ShortestLife.TotalSeconds;
        return TimeSpan.FromSeconds(seconds);
    }
}
