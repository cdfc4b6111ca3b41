using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Slipway.Linux;

namespace Slipway.Daemon.Api;

/// <summary>Who is at the other end of a connection.</summary>
internal static class LocalPeer
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>
    /// True where the request came over a unix socket from a process of the very user that the server runs as: whatever that one may read or write, the
    /// server may for it, and no more.
    /// </summary>
    public static bool IsOurUser(HttpContext http)
    {
        if (http.Features.Get<IConnectionSocketFeature>()?.Socket is not { AddressFamily: AddressFamily.Unix } socket)
        {
            return false;
        }

        // struct ucred of socket(7): process, user and group, four bytes each.
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length
            && BinaryPrimitives.ReadInt32LittleEndian(credentials[4..]) == Libc.EffectiveUser();
    }
}
