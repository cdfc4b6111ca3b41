using System.Net;
using Slipway.Content;

namespace Slipway.Daemon.Hosting;

/// <summary><c>slipway serve --listen ADDRESS:PORT</c>: the TCP port, where one is wanted; port 0 is any free one, and <c>slipway info</c> says which.</summary>
internal static class ListenOption
{
    private const string Option = "--listen";

    /// <summary>Takes it out of a command line; null where it is not there.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is not an address and a port.</exception>
    public static IPEndPoint? Take(ref string[] args)
    {
        if (ServeArguments.Take(ref args, Option) is not { } text)
        {
            return null;
        }

        return IPEndPoint.TryParse(text, out IPEndPoint? endpoint) && (endpoint.Port > 0 || text.EndsWith(":0", StringComparison.Ordinal)) ? endpoint
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"slipway serve --listen takes an address and a port, as 127.0.0.1:9000, not '{text}'");
    }
}
