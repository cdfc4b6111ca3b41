using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>
/// One repository of a registry, asked over HTTP: answers its challenges with a password or a token, and keeps what it gave. What proves us goes to the registry
/// and to the server of tokens that it names, and never along with a redirect.
/// </summary>
/// <param name="path">The repository's name at that registry; null: as its name here says.</param>
public sealed class RegistryConnection(HttpClient http, Uri registry, RepositoryName repository, RegistryCredential? credential, bool push, string? path = null)
{
    private readonly string _path = path ?? repository.Path;
    private volatile AuthenticationHeaderValue? _proof;

    /// <summary>The repository's name, as it is known here.</summary>
    public RepositoryName Repository => repository;

    /// <summary>An address of the repository.</summary>
    public Uri At(string route) => new(registry, $"v2/{_path}/{route}");

    /// <summary>Where an answer says to go on.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it does not say so.</exception>
    public static Uri LocationOf(HttpResponseMessage answer) => answer.Headers.Location is { } location
        ? new Uri(answer.RequestMessage!.RequestUri!, location)
        : throw new SlipwayException(ErrorKind.Unavailable, $"{answer.RequestMessage!.RequestUri!.Host} does not say where an upload goes on");

    /// <summary>Sends a request, again where it is challenged.</summary>
    /// <param name="make">Makes the request; called again for each try.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: the registry does not answer; <see cref="ErrorKind.PermissionDenied"/>: no proof is accepted.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await SendOnceAsync(make, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
        {
            return answer;
        }

        using (answer)
        {
            _proof = AuthenticationChallenge.Find(answer.Headers.WwwAuthenticate) switch
            {
                { Realm: not null } challenge => new("Bearer", await TokenAsync(challenge, cancellationToken)),
                not null when credential is not null => Basic(credential),
                _ => throw Refused(),
            };
        }

        HttpResponseMessage again = await SendOnceAsync(make, cancellationToken);
        return again.StatusCode is HttpStatusCode.Unauthorized ? throw Refused() : again;
    }

    /// <summary>What went wrong, in the registry's words where it has some.</summary>
    public async Task<SlipwayException> FailureAsync(HttpResponseMessage answer, string what, CancellationToken cancellationToken)
    {
        string said = "";
        try
        {
            using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            said = json.RootElement.Find("errors")?.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } error
                ? $": {error.FindString("code")} {error.FindString("message")}"
                : "";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or SlipwayException)
        {
            said = "";
        }

        ErrorKind kind = answer.StatusCode switch
        {
            HttpStatusCode.NotFound => ErrorKind.NotFound,
            HttpStatusCode.Forbidden => ErrorKind.PermissionDenied,
            HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed => ErrorKind.FailedPrecondition,
            _ => ErrorKind.Unavailable,
        };
        return new SlipwayException(kind, $"{registry.Authority} answered {(int)answer.StatusCode} to {what}{said}", kind == ErrorKind.PermissionDenied ? LoginHint() : null);
    }

    internal static AuthenticationHeaderValue Basic(RegistryCredential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Password}")));

    private async Task<HttpResponseMessage> SendOnceAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = make();
        if (request.RequestUri!.Authority == registry.Authority && request.RequestUri.Scheme == registry.Scheme)
        {
            request.Headers.Authorization = _proof;
        }

        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw new SlipwayException(
                ErrorKind.Unavailable, $"the registry {registry.Authority} does not answer: {fault.Message}", "A registry without TLS is asked with --plain-http.", fault);
        }
    }

    private async Task<string> TokenAsync(AuthenticationChallenge challenge, CancellationToken cancellationToken)
    {
        if (challenge.Realm!.Scheme != "https" && registry.Scheme == "https")
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, $"{registry.Authority} sends us for a token to {challenge.Realm.Authority}, which has no TLS");
        }

        using HttpRequestMessage request = new(HttpMethod.Get, challenge.TokenAddress($"repository:{_path}:{(push ? "pull,push" : "pull")}"));
        request.Headers.Authorization = credential is null ? null : Basic(credential);
        using HttpResponseMessage answer = await http.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw Refused();
        }

        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return json.RootElement.FindString("token") ?? json.RootElement.FindString("access_token") ?? throw Refused();
    }

    private SlipwayException Refused() => new(
        ErrorKind.PermissionDenied,
        credential is null ? $"{registry.Authority} asks who we are for {_path}" : $"{registry.Authority} does not accept {credential.User} for {_path}",
        LoginHint());

    private string LoginHint() => $"Log in: slipway login {(repository.Domain == ImageReference.DefaultDomain ? "" : repository.Domain)}".TrimEnd();
}
