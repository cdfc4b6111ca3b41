using System.Globalization;
using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>Checks what STOPSIGNAL names, so that a mistyped signal shows at build time.</summary>
internal static class SignalName
{
    private const int Highest = 64;

    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP",
        "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS", "RTMIN", "RTMAX",
    ];

    public static string Check(string text)
    {
        string name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        int offset = name.AsSpan().IndexOfAny('+', '-');
        bool known = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number is > 0 and <= Highest
            : Names.Contains(offset > 0 && name.StartsWith("RT", StringComparison.OrdinalIgnoreCase) ? name[..offset] : name, StringComparer.OrdinalIgnoreCase);
        return known ? text : throw new DockerfileSyntaxException($"STOPSIGNAL: '{text}' is not a signal", "write for example SIGTERM or 15");
    }
}
