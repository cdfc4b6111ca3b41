using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Slipway.Content;

namespace Slipway.Daemon.Hosting;

/// <summary>
/// The certificate of the TCP port. Each new connection looks whether its files were replaced, so that a renewed one counts at once and without a restart; while
/// what stands there cannot be used, as when the certificate is new and its key not yet, the last one stays. Safe for threads.
/// </summary>
internal sealed class ServerCertificate
{
    private readonly TlsFiles _files;
    private readonly Action<string> _log;
    private readonly Lock _turn = new();
    private volatile Loaded _last;

    private ServerCertificate(TlsFiles files, Loaded first, Action<string> log) => (_files, _last, _log) = (files, first, log);

    /// <summary>Reads the files.</summary>
    /// <param name="log">Told when the certificate was replaced, or could not be.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: they hold no certificate, no key, or a key of another certificate.</exception>
    public static ServerCertificate Load(TlsFiles files, Action<string> log)
    {
        try
        {
            return new ServerCertificate(files, Read(files, files.Stamp), log);
        }
        catch (Exception error) when (IsUnusable(error))
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument,
                $"the certificate {files.Certificate} with the key {files.Key} cannot be used: {error.Message}",
                "Both are PEM files; the key has no password and is the certificate's own. To see them: openssl x509 -noout -subject -enddate -in CERT; openssl pkey -noout -in KEY",
                error);
        }
    }

    /// <summary>What a connection that begins now is to be proved with.</summary>
    public SslServerAuthenticationOptions Current()
    {
        string stamp = _files.Stamp;
        if (_last.Stamp != stamp)
        {
            lock (_turn)
            {
                if (_last.Stamp != stamp)
                {
                    _last = ReadOrKeep(stamp);
                }
            }
        }

        return new SslServerAuthenticationOptions { ServerCertificateContext = _last.Context };
    }

    private Loaded ReadOrKeep(string stamp)
    {
        try
        {
            Loaded read = Read(_files, stamp);
            _log($"the certificate {_files.Certificate} was replaced; the new one is valid until {read.Context.TargetCertificate.NotAfter.ToUniversalTime():u}");
            return read;
        }
        catch (Exception error) when (IsUnusable(error))
        {
            _log($"the certificate {_files.Certificate} was replaced by one that cannot be used, so the last one stays: {error.Message}");
            return _last with { Stamp = stamp };
        }
    }

    /// <summary>(A key of another certificate is an ArgumentException.)</summary>
    private static bool IsUnusable(Exception error) => error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;

    private static Loaded Read(TlsFiles files, string stamp)
    {
        // The first certificate of the file is the server's; clients that know only the root need the others to get there.
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(files.Certificate);
        return new Loaded(stamp, SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), chain, offline: true));
    }

    private sealed record Loaded(string Stamp, SslStreamCertificateContext Context);
}
