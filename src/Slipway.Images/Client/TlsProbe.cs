using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Slipway.Images.Client;

/// <summary>Finds out whether a server of this machine speaks TLS. An answer holds for a minute.</summary>
internal sealed class TlsProbe(TimeProvider time)
{
    private static readonly TimeSpan Holds = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (bool SpeaksTls, DateTimeOffset Until)> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True where a handshake succeeds, whatever the certificate; false where it does not, or nobody answers.</summary>
    public async ValueTask<bool> SpeaksTlsAsync(Uri server, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(server.Authority, out (bool SpeaksTls, DateTimeOffset Until) answer) && answer.Until > time.GetUtcNow())
        {
            return answer.SpeaksTls;
        }

        bool speaks = await AskAsync(server, cancellationToken);
        _known[server.Authority] = (speaks, time.GetUtcNow() + Holds);
        return speaks;
    }

    private async Task<bool> AskAsync(Uri server, CancellationToken cancellationToken)
    {
        using CancellationTokenSource bound = new(Patience, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            using TcpClient connection = new();
            await connection.ConnectAsync(server.Host, server.Port, stop.Token);
            await using SslStream tls = new(connection.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.Host, RemoteCertificateValidationCallback = TrustsOurselves }, stop.Token);
            return true;
        }
        catch (Exception fault) when (fault is SocketException or IOException or AuthenticationException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Trusts what the system does, and of this machine every certificate: who listens here could as well listen without one.</summary>
    public static bool TrustsOurselves(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || (sender is SslStream stream && RegistryEndpoint.IsHere(stream.TargetHostName));
}
