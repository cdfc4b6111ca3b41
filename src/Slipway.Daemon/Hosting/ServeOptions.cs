using System.Net;
using Slipway.Content;
using Slipway.Daemon.Registry;

namespace Slipway.Daemon.Hosting;

/// <summary>What the command line of <c>slipway serve</c> says.</summary>
/// <param name="Tcp">The TCP port, where one is wanted.</param>
/// <param name="Tls">What it proves itself with; null: it speaks in the clear.</param>
internal sealed record ServeOptions(MasterKeySource Key, IPEndPoint? Tcp, TlsFiles? Tls, RegistryOptions Registry)
{
    /// <summary>Reads the arguments after <c>serve</c>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: one is unknown, malformed, or needs another.</exception>
    public static ServeOptions Parse(string[] args)
    {
        ServeOptions options = new(MasterKeySource.Take(ref args), ListenOption.Take(ref args), TlsFiles.Take(ref args), RegistryOptions.Take(ref args));
        if (args.FirstOrDefault(argument => argument != "--background") is { } unknown)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"slipway serve has no option '{unknown}'");
        }

        return options.Tcp is null && (options.Tls is not null || !options.Registry.IsDefault)
            ? throw new SlipwayException(ErrorKind.InvalidArgument, "slipway serve has no TCP port for its TLS and its registry: add --listen ADDRESS:PORT")
            : options;
    }
}
