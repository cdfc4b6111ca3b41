using System.Net;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>Finds out whether a registry accepts a name and a password.</summary>
public static class RegistryLogin
{
    /// <summary>Asks as <c>docker login</c> does: the registry's root, or the server of tokens that it names there.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.PermissionDenied"/>: it does not; <see cref="ErrorKind.Unavailable"/>: no registry answers.</exception>
    public static async Task CheckAsync(RegistryClient client, Uri registry, RegistryCredential credential, CancellationToken cancellationToken)
    {
        Uri root = new(registry, "v2/");
        AuthenticationChallenge? challenge;
        using (HttpResponseMessage challenged = await client.SendAsync(() => new(HttpMethod.Get, root), registry, null, cancellationToken))
        {
            challenge = AuthenticationChallenge.Find(challenged.Headers.WwwAuthenticate);
        }

        if (challenge?.Realm is not null)
        {
            _ = await TokenServer.AskAsync(client, registry, challenge, credential, [], cancellationToken) ?? throw Refused(registry, credential);
            return;
        }

        using HttpResponseMessage answer = await client.SendAsync(() => new(HttpMethod.Get, root), registry, TokenServer.Basic(credential), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? Refused(registry, credential)
                : new SlipwayException(ErrorKind.Unavailable, $"{registry.Authority} answered {(int)answer.StatusCode}: it may be no registry");
        }
    }

    private static SlipwayException Refused(Uri registry, RegistryCredential credential) =>
        new(ErrorKind.PermissionDenied, $"{registry.Authority} does not accept {credential.User} with this password");
}
