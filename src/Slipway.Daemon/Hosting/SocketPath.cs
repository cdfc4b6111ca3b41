using Slipway.Content;

namespace Slipway.Daemon.Hosting;

/// <summary>The path of a unix socket as the kernel takes it: at most 107 bytes (unix(7)).</summary>
internal static class SocketPath
{
    private const int Longest = 107;

    /// <summary>A path that leads to the same socket and is short enough: through the working folder, which becomes the socket's own where needed.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: even its name alone is too long.</exception>
    public static string Shorten(string socket)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(socket) <= Longest)
        {
            return socket;
        }

        Environment.CurrentDirectory = Path.GetDirectoryName(socket)!;
        return Path.Combine("/proc/self/cwd", Path.GetFileName(socket));
    }
}
