using Slipway.Content;

namespace Slipway.Daemon.Hosting;

/// <summary><c>slipway serve --tls-cert FILE --tls-key FILE</c>: what the TCP port proves itself with, in PEM.</summary>
/// <param name="Certificate">The server's certificate, and after it those of the authorities between it and a root.</param>
/// <param name="Key">Its private key, without a password; only the server's user should be able to read it.</param>
internal sealed record TlsFiles(string Certificate, string Key)
{
    private const string CertificateOption = "--tls-cert";
    private const string KeyOption = "--tls-key";

    /// <summary>Takes both out of a command line; null where neither is there.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: one without the other.</exception>
    public static TlsFiles? Take(ref string[] args)
    {
        string? certificate = ServeArguments.Take(ref args, CertificateOption), key = ServeArguments.Take(ref args, KeyOption);
        return (certificate, key) switch
        {
            (null, null) => null,
            (not null, not null) => new(Path.GetFullPath(certificate), Path.GetFullPath(key)),
            _ => throw new SlipwayException(
                ErrorKind.InvalidArgument, $"slipway serve {(key is null ? CertificateOption : KeyOption)} needs {(key is null ? KeyOption : CertificateOption)} beside it"),
        };
    }

    /// <summary>What tells whether either file was replaced; links are followed, as tools that renew certificates replace those.</summary>
    internal string Stamp => $"{StampOf(Certificate)} {StampOf(Key)}";

    private static string StampOf(string path)
    {
        try
        {
            FileInfo file = new(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
            return file.Exists ? $"{file.FullName}:{file.LastWriteTimeUtc.Ticks}:{file.Length}" : "none";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "none";
        }
    }
}
