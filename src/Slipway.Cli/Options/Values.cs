using System.Globalization;

namespace Slipway.Cli.Options;

/// <summary>Reads the values of options; a wrong one is a usage error that names the option.</summary>
internal static class Values
{
    /// <summary>"512m", "1.5g", "64KiB", "1000": bytes, units of 1024.</summary>
    public static long Bytes(string text, string option)
    {
        int end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
        {
            end--;
        }

        long? factor = text[end..].ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KB" or "KIB" => 1L << 10,
            "M" or "MB" or "MIB" => 1L << 20,
            "G" or "GB" or "GIB" => 1L << 30,
            "T" or "TB" or "TIB" => 1L << 40,
            _ => null,
        };
        return factor is long unit && double.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number * unit is > 0 and < long.MaxValue
            ? (long)(number * unit)
            : throw new CliException($"{option} {text}: this is no amount of memory", $"for example: {option} 512m", usage: true);
    }

    /// <summary>"90s", "30m", "1.5h", "7d": a length of time above zero.</summary>
    public static TimeSpan Duration(string text, string option)
    {
        double? unit = text.Length < 2 ? null : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => null };
        return unit is double seconds
            && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number * seconds is > 0 and < 3e9
            ? TimeSpan.FromSeconds(number * seconds)
            : throw new CliException($"{option} {text}: this is no length of time", $"for example: {option} 2h (s, m, h or d)", usage: true);
    }

    /// <summary>A number above zero.</summary>
    public static double Number(string text, string option) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0
            ? number
            : throw new CliException($"{option} {text}: this is no number above zero", usage: true);

    public static int WholeNumber(string text, string option) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new CliException($"{option} {text}: this is no whole number", usage: true);

    /// <summary>Seconds since 1970.</summary>
    public static long Seconds(string text, string option) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new CliException($"{option} {text}: these are no whole seconds since 1970", usage: true);

    public static int? WholeNumberOrNull(string? text, string option) => text is null ? null : WholeNumber(text, option);

    /// <summary>"30" or "30d": whole days; null where nothing was given.</summary>
    public static int? Days(string? text, string option) => WholeNumberOrNull(text is { Length: > 1 } && text[^1] == 'd' ? text[..^1] : text, option);

    /// <summary>"NAME=value" each; a later one wins.</summary>
    /// <param name="fallback">The value of a name alone; null refuses that.</param>
    public static Dictionary<string, string> Pairs(IReadOnlyList<string>? texts, string option, Func<string, string?>? fallback = null)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        foreach (string text in texts ?? [])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? text : text[..equals];
            if (name.Length == 0 || (equals < 0 && fallback is null))
            {
                throw new CliException($"{option} {text}: this is not NAME=VALUE", usage: true);
            }

            if ((equals < 0 ? fallback!(name) : text[(equals + 1)..]) is string value)
            {
                pairs[name] = value;
            }
        }

        return pairs;
    }
}
