using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Daemon.S3.Keys;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.Registry;

/// <summary>
/// Who may use the registry: this machine, whoever it is; others by basic authentication with an access key, which pushes unless it may only read. A name that
/// is not this machine's own in <c>Host</c> makes a request somebody else's: a proxy's, or that of a web page that points its name here.
/// </summary>
internal sealed class RegistryGate(AccessKeyStore keys)
{
    private const string Basic = "Basic ";

    /// <exception cref="RegistryException">Not without a key, with a wrong one, or with one that may only read.</exception>
    public async Task CheckAsync(HttpContext http)
    {
        string header = http.Request.Headers.Authorization.ToString();
        if (header.Length == 0 && IsOfThisMachine(http))
        {
            return;
        }

        string[] said = Decode(header).Split(':', 2);
        if (said.Length != 2 || await keys.FindAsync(said[0], http.RequestAborted) is not { } key || !SignatureV4.AreEqual(key.Secret, said[1]))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"slipway\", charset=\"UTF-8\"";
            throw new RegistryException(401, "UNAUTHORIZED", header.Length == 0
                ? "this registry needs an access key: log in with the id and the secret of slipway key create"
                : "there is no such access key, or its secret is another");
        }

        if (key.ReadOnly && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            throw new RegistryException(403, "DENIED", $"access key {key.Id} may only pull");
        }
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
