using System.Buffers;
using System.Globalization;
using Slipway.Content;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// Amounts as Kubernetes writes them ("Quantity"): memory 512M is 512,000,000 bytes and 512Mi is 536,870,912; half a processor is
/// 0.5 or 500m.
/// </summary>
public static class ResourceQuantity
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("", 1m), ("k", 1_000m), ("K", 1_000m), ("M", 1_000_000m), ("G", 1_000_000_000m), ("T", 1_000_000_000_000m), ("P", 1_000_000_000_000_000m),
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("Pi", 1024m * 1024 * 1024 * 1024 * 1024),
    ];

    /// <summary>Reads a number of bytes, at least 1 MiB: less starts no process.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form or out of range.</exception>
    public static long ParseMemory(string text)
    {
        int end = text.AsSpan().IndexOfAnyExcept(Digits);
        string number = end < 0 ? text : text[..end];
        string suffix = end < 0 ? "" : text[end..];
        int at = Array.FindIndex(Suffixes, s => s.Suffix == suffix);
        if (at < 0 || number.Length is 0 or > 20 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{Shortened(text)}' is not an amount of memory; write it as 512M, 512Mi or 2Gi");
        }

        if (value > long.MaxValue / Suffixes[at].Factor || value * Suffixes[at].Factor < 1024 * 1024)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{Shortened(text)}' of memory is out of range; at least 1Mi is needed");
        }

        return (long)(value * Suffixes[at].Factor);
    }

    /// <summary>Reads a number of processors: <c>2</c>, <c>0.5</c>, <c>500m</c>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form or out of range.</exception>
    public static double ParseCpus(string text)
    {
        bool milli = text.EndsWith('m');
        if (!double.TryParse(milli ? text[..^1] : text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{Shortened(text)}' is not a number of processors; write it as 2, 0.5 or 500m");
        }

        value = milli ? value / 1000 : value;
        return value is >= 0.001 and <= 100_000
            ? value
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{Shortened(text)}' processors is out of range; at least 1m is needed");
    }

    private static string Shortened(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
