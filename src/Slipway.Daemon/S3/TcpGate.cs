using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Daemon.Registry;
using Slipway.Daemon.S3.Keys;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3;

/// <summary>A middleware: what comes over TCP is S3, the registry, or the API with a key as <c>Authorization: Bearer ID:SECRET</c>. Nothing passes without a
/// key, but to the registry what <see cref="RegistryGate"/> lets pass.</summary>
internal sealed class TcpGate(AccessKeyStore keys, S3Door door, RegistryDoor registry)
{
    private const string Bearer = "Bearer ";

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix })
        {
            await next(http);
        }
        else if (http.Request.Path.StartsWithSegments(Routes.Root))
        {
            await CheckBearerAsync(http);
            await next(http);
        }
        else if (http.Request.Path.StartsWithSegments(RegistryDoor.Root))
        {
            await registry.AnswerAsync(http);
        }
        else
        {
            await door.AnswerAsync(http);
        }
    }

    private async Task CheckBearerAsync(HttpContext http)
    {
        string header = http.Request.Headers.Authorization.ToString();
        string[] token = header.StartsWith(Bearer, StringComparison.Ordinal) ? header[Bearer.Length..].Split(':', 2) : [];
        if (token.Length != 2 || await keys.FindAsync(token[0], http.RequestAborted) is not { } key || !SignatureV4.AreEqual(key.Secret, token[1]))
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, "the API over TCP needs an access key", "Send Authorization: Bearer ID:SECRET of slipway key create.");
        }

        if (key.Repositories is not null)
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, $"access key {key.Id} is for repositories of the registry, not for the API");
        }

        bool reads = (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && !http.WebSockets.IsWebSocketRequest;
        if (key.ReadOnly && !reads)
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, $"access key {key.Id} may only read");
        }
    }
}
