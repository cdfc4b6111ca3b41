using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Images;

namespace Slipway.Build.Dockerfiles;

/// <summary>Reads <c>HEALTHCHECK NONE</c> and <c>HEALTHCHECK [flags] CMD command</c>.</summary>
internal static partial class HealthcheckReader
{
    private static readonly (string Unit, decimal Nanoseconds)[] Units =
        [("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

    public static Healthcheck Read(string rest, char escape)
    {
        InstructionFlags flags = InstructionFlags.Take(
            "HEALTHCHECK", ref rest, escape, ["--interval", "--timeout", "--start-period", "--start-interval", "--retries"], []);
        int end = rest.AsSpan().IndexOfAny(" \t") is var blank && blank < 0 ? rest.Length : blank;
        string kind = rest[..end].ToUpperInvariant();
        string argument = rest[end..].Trim();
        if (kind == "NONE" && argument.Length == 0)
        {
            return new(["NONE"]);
        }

        if (kind != "CMD" || argument.Length == 0)
        {
            throw new DockerfileSyntaxException("HEALTHCHECK takes NONE, or CMD and a command");
        }

        CommandLine command = CommandForms.Read(argument);
        ImmutableArray<string> test = command.Shell ? ["CMD-SHELL", .. command.Arguments] : ["CMD", .. command.Arguments];
        return new(test)
        {
            Interval = Duration(flags, "--interval"),
            Timeout = Duration(flags, "--timeout"),
            StartPeriod = Duration(flags, "--start-period"),
            StartInterval = Duration(flags, "--start-interval"),
            Retries = Retries(flags.Find("--retries")),
        };
    }

    private static int Retries(string? text) => text is null ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int retries) && retries > 0 ? retries
        : throw new DockerfileSyntaxException($"HEALTHCHECK --retries={text} is not a positive number");

    // Go's durations: "1m30s", "500ms", "0".
    private static long Duration(InstructionFlags flags, string flag)
    {
        string? text = flags.Find(flag);
        if (text is null or "0")
        {
            return 0;
        }

        decimal total = 0;
        MatchCollection parts = Part().Matches(text);
        bool whole = parts.Count > 0 && parts.Sum(part => part.Length) == text.Length;
        foreach (Match part in parts)
        {
            (string _, decimal nanoseconds) = Units.First(unit => unit.Unit == part.Groups[2].Value);
            total += decimal.Parse(part.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * nanoseconds;
        }

        return whole && total is >= 1_000_000 and <= long.MaxValue
            ? (long)total
            : throw new DockerfileSyntaxException($"HEALTHCHECK {flag}={text} is not a duration of at least 1ms", "write for example 30s, 1m30s");
    }

    [GeneratedRegex(@"(\d{1,9}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
