using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Slipway.EndToEnd.Support;

/// <summary>A certificate authority of a test, and the certificates that it gives for this machine.</summary>
internal sealed class TestAuthority
{
    public TestAuthority(string folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        Root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        RootFolder = Directory.CreateDirectory(Path.Combine(folder, "authority")).FullName;
        File.WriteAllText(Path.Combine(RootFolder, "ca.crt"), Root.ExportCertificatePem());
        CertificateFile = Path.Combine(folder, "server.pem");
        KeyFile = Path.Combine(folder, "server.key");
    }

    public X509Certificate2 Root { get; }

    /// <summary>A folder with the authority's certificate alone, as clients take it.</summary>
    public string RootFolder { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    /// <summary>The options of <c>slipway serve</c>.</summary>
    public string[] Options => ["--tls-cert", CertificateFile, "--tls-key", KeyFile];

    /// <summary>Puts a new certificate for <c>localhost</c> and <c>127.0.0.1</c> in the place of the last one, and answers its serial number.</summary>
    public string Renew()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(Root, Root.NotBefore, Root.NotAfter, RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        return certificate.SerialNumber;
    }

    /// <summary>A client that trusts this authority alone, and connects anew for each request.</summary>
    public HttpClient Client(Uri address, Action<X509Certificate2>? seen = null)
    {
        SocketsHttpHandler handler = new() { PooledConnectionLifetime = TimeSpan.Zero };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            X509Certificate2 shown = (X509Certificate2)certificate!;
            seen?.Invoke(shown);
            using X509Chain chain = new();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(Root);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(shown) && shown.MatchesHostname(address.Host);
        };
        return new HttpClient(handler) { BaseAddress = address };
    }
}
