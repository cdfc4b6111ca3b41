using System.Globalization;
using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>The ports that one word of EXPOSE names.</summary>
internal static class PortRange
{
    /// <summary><c>80</c> is <c>80/tcp</c>; <c>8000-8002/udp</c> is three ports.</summary>
    public static IEnumerable<string> Expand(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        string[] ends = (slash < 0 ? text : text[..slash]).Split('-');
        if (protocol is not ("tcp" or "udp" or "sctp") || ends.Length > 2 || !TryPort(ends[0], out ushort first) || !TryPort(ends[^1], out ushort last) || last < first)
        {
            throw new DockerfileSyntaxException($"EXPOSE: '{text}' is not a port", "write 80, 80/udp or 8000-8010");
        }

        return Enumerable.Range(first, last - first + 1).Select(port => string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}"));
    }

    private static bool TryPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
