using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.S3.Keys;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.Registry;

/// <summary>
/// Who may use the registry: who has an access key, by basic authentication or by a token that was given for it, in the repositories that the key is for; others as
/// far as <see cref="AnonymousAccess"/> says. A name that is not this machine's own in <c>Host</c> makes a request somebody else's: a proxy's, or that of a web page
/// that points its name here.
/// </summary>
internal sealed class RegistryGate(AccessKeyStore keys, TokenIssuer tokens, AnonymousAccess anonymous)
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    /// <summary>Lets a request pass, and says whose it is.</summary>
    /// <exception cref="RegistryException">401 with a challenge: not without a key, or with a token that was not asked for this; 403: not with this key.</exception>
    public async Task<RegistryCaller> CheckAsync(HttpContext http, RegistryRoute route)
    {
        TokenScope? wanted = WantedBy(http, route);
        RegistryCaller caller = await IdentifyAsync(http, wanted);
        bool may = wanted is null ? caller.IsProved || caller.Unproved == RepositoryRights.All
            : wanted.Repository is { } repository ? caller.RightsIn(repository).HasFlag(wanted.Rights)
            : caller.Key is not null || caller.Unproved.HasFlag(RepositoryRights.Pull);
        if (!may)
        {
            throw caller.Key is { } key
                ? new RegistryException(403, "DENIED", $"access key {key.Id} may not {RightsText.Of(wanted!.Rights)} in {wanted.Repository}: it may {key.Summary}")
                : Challenge(http, wanted, caller.IsProved ? "insufficient_scope" : null, "this registry needs an access key: log in with the id and the secret of slipway key create");
        }

        return wanted is null || caller.IsAskedFor(wanted) ? caller
            : throw Challenge(http, wanted, "insufficient_scope", $"the token was not asked for {wanted}");
    }

    /// <summary>Who asks for a token.</summary>
    /// <exception cref="RegistryException">The password is wrong, or nobody may do anything without one.</exception>
    public async Task<RegistryCaller> ForTokenAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization.Count > 0)
        {
            string[] said = Decode(http.Request.Headers.Authorization.ToString()).Split(':', 2);
            return await ByPasswordAsync(http, said[0], said.Length == 2 ? said[1] : "");
        }

        RegistryCaller nobody = new(null, UnprovedRights(http), null);
        return nobody.Unproved != RepositoryRights.None ? nobody
            : throw AskPassword(http, "tokens of this registry are given for an access key: its id is the user, its secret the password");
    }

    /// <summary>The holder of an access key.</summary>
    /// <exception cref="RegistryException">There is no such key, or its secret is another.</exception>
    public async Task<RegistryCaller> ByPasswordAsync(HttpContext http, string user, string password) =>
        await FindAsync(http, user, password) ?? throw AskPassword(http, "there is no such access key, or its secret is another");

    private async Task<RegistryCaller> IdentifyAsync(HttpContext http, TokenScope? wanted)
    {
        string header = http.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return new RegistryCaller(null, UnprovedRights(http), null);
        }

        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            RegistryToken? token = tokens.Read(header[Bearer.Length..].Trim());
            AccessKey? key = token?.KeyId is { } id ? await keys.FindAsync(id, http.RequestAborted) : null;
            return token is null || (token.KeyId is not null && key is null)
                ? throw Challenge(http, wanted, "invalid_token", "the token has expired, or is not of this server, or its access key is no more")
                : new RegistryCaller(key, UnprovedRights(http), token.Scopes);
        }

        string[] said = Decode(header).Split(':', 2);
        return (said.Length == 2 ? await FindAsync(http, said[0], said[1]) : null)
            ?? throw Challenge(http, wanted, null, "there is no such access key, or its secret is another");
    }

    private async Task<RegistryCaller?> FindAsync(HttpContext http, string user, string password) =>
        await keys.FindAsync(user, http.RequestAborted) is { } key && SignatureV4.AreEqual(key.Secret, password)
            ? new RegistryCaller(key, UnprovedRights(http), null)
            : null;

    private RepositoryRights UnprovedRights(HttpContext http) =>
        (anonymous.HasFlag(AnonymousAccess.Local) && IsOfThisMachine(http) ? RepositoryRights.All : RepositoryRights.None)
        | (anonymous.HasFlag(AnonymousAccess.Pull) ? RepositoryRights.Pull : RepositoryRights.None);

    /// <summary>What a request needs: null for the registry's root, which every client asks first to learn how it is to prove itself.</summary>
    private static TokenScope? WantedBy(HttpContext http, RegistryRoute route) => (route.Kind, http.Request.Method) switch
    {
        (RouteKind.Root, _) => null,
        (RouteKind.Catalog, _) => TokenScope.Catalog,
        (RouteKind.Uploads or RouteKind.Upload, _) => new(route.Repository, RepositoryRights.Push),
        (_, "GET" or "HEAD") => new(route.Repository, RepositoryRights.Pull),
        (_, "DELETE") => new(route.Repository, RepositoryRights.Delete),
        _ => new(route.Repository, RepositoryRights.Push),
    };

    /// <summary>Tells a client where tokens are to be had. (Basic authentication is taken unasked: clients that are offered both and have no password fail.)</summary>
    private static RegistryException Challenge(HttpContext http, TokenScope? wanted, string? error, string message)
    {
        // Behind a proxy that ends TLS, the client's way to us is the proxy's.
        string scheme = http.Request.Headers["X-Forwarded-Proto"] == "https" ? "https" : http.Request.Scheme;
        string scope = wanted is null ? "" : $",scope=\"{wanted}\"", fault = error is null ? "" : $",error=\"{error}\"";
        http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{scheme}://{http.Request.Host.ToUriComponent()}{RegistryRoute.TokenPath}\",service=\"slipway\"{scope}{fault}";
        return new RegistryException(401, "UNAUTHORIZED", message);
    }

    private static RegistryException AskPassword(HttpContext http, string message)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"slipway\", charset=\"UTF-8\"";
        return new RegistryException(401, "UNAUTHORIZED", message);
    }

    private static bool IsOfThisMachine(HttpContext http)
    {
        string host = http.Request.Host.Host.Trim('[', ']');
        bool isOwnName = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? named) && IPAddress.IsLoopback(named));
        return isOwnName && http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer);
    }

    private static string Decode(string header)
    {
        Span<byte> bytes = stackalloc byte[512];
        return header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out int length)
            ? Encoding.UTF8.GetString(bytes[..length])
            : "";
    }
}
