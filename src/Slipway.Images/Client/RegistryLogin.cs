using System.Net;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>Finds out whether a registry accepts a name and a password.</summary>
public static class RegistryLogin
{
    /// <summary>Asks as <c>docker login</c> does: the registry's root, or the server of tokens that it names there.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.PermissionDenied"/>: it does not; <see cref="ErrorKind.Unavailable"/>: no registry answers.</exception>
    public static async Task CheckAsync(HttpClient http, Uri registry, RegistryCredential credential, CancellationToken cancellationToken)
    {
        Uri root = new(registry, "v2/");
        try
        {
            using HttpResponseMessage challenged = await http.GetAsync(root, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            AuthenticationChallenge? challenge = AuthenticationChallenge.Find(challenged.Headers.WwwAuthenticate);
            using HttpRequestMessage request = new(HttpMethod.Get, challenge?.Realm is null ? root : challenge.TokenAddress(""));
            if (request.RequestUri!.Scheme != "https" && registry.Scheme == "https")
            {
                throw new SlipwayException(ErrorKind.PermissionDenied, $"{registry.Authority} sends us for a token to {request.RequestUri.Authority}, which has no TLS");
            }

            request.Headers.Authorization = RegistryConnection.Basic(credential);
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    ? new SlipwayException(ErrorKind.PermissionDenied, $"{registry.Authority} does not accept {credential.User} with this password")
                    : new SlipwayException(ErrorKind.Unavailable, $"{registry.Authority} answered {(int)answer.StatusCode}: it may be no registry");
            }
        }
        catch (HttpRequestException fault)
        {
            throw new SlipwayException(
                ErrorKind.Unavailable, $"the registry {registry.Authority} does not answer: {fault.Message}", "A registry without TLS is asked with --plain-http.", fault);
        }
    }
}
