using System.Buffers;
using System.Globalization;
using System.Text;
using Slipway.Content;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// Durations as Go writes them, which Pachyderm's specifications use: <c>1h2m3.5s</c>, with the units h, m, s, ms, us (µs), ns.
/// Kept in steps of 100 ns.
/// </summary>
public static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("ns", 0.01m), ("us", 10m), ("µs", 10m), ("μs", 10m), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a duration of more than zero.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form, not positive, or beyond 100 years.</exception>
    public static TimeSpan ParsePositive(string text)
    {
        decimal ticks = 0;
        string rest = text.StartsWith('+') ? text[1..] : text;
        if (rest.Length == 0)
        {
            throw Wrong(text);
        }

        while (rest.Length > 0)
        {
            int digits = rest.AsSpan().IndexOfAnyExcept(Digits);
            string number = digits < 0 ? rest : rest[..digits];
            string unit = digits < 0 ? "" : rest[digits..];
            int next = unit.AsSpan().IndexOfAny(Digits);
            unit = next < 0 ? unit : unit[..next];
            if (number.Length is 0 or > 20 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
                || !Array.Exists(Units, u => u.Unit == unit))
            {
                throw Wrong(text);
            }

            decimal factor = Array.Find(Units, u => u.Unit == unit).Ticks;
            if (value > TimeSpan.FromDays(36_500).Ticks / factor)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is longer than 100 years");
            }

            ticks += value * factor;
            rest = rest[(number.Length + unit.Length)..];
        }

        TimeSpan span = ticks > TimeSpan.FromDays(36_500).Ticks ? TimeSpan.Zero : TimeSpan.FromTicks((long)decimal.Ceiling(ticks));
        return span > TimeSpan.Zero ? span : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' must be more than nothing and at most 100 years");
    }

    /// <summary>Writes a duration as Go does: <c>1h2m3.5s</c>, <c>150ms</c>.</summary>
    public static string Format(TimeSpan span)
    {
        if (span == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = new StringBuilder(span < TimeSpan.Zero ? "-" : "");
        span = span.Duration();
        if (span < TimeSpan.FromSeconds(1))
        {
            return span < TimeSpan.FromMilliseconds(1)
                ? text.Append(CultureInfo.InvariantCulture, $"{span.Ticks / 10m:0.#}us").ToString()
                : text.Append(CultureInfo.InvariantCulture, $"{span.Ticks / 10_000m:0.####}ms").ToString();
        }

        long hours = span.Ticks / TimeSpan.TicksPerHour;
        if (hours > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        }

        if (hours > 0 || span.Minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{span.Minutes}m");
        }

        decimal seconds = span.Ticks % TimeSpan.TicksPerMinute / (decimal)TimeSpan.TicksPerSecond;
        return text.Append(CultureInfo.InvariantCulture, $"{seconds:0.#######}s").ToString();
    }

    private static SlipwayException Wrong(string text) =>
        new(ErrorKind.InvalidArgument, $"'{(text.Length > 60 ? text[..60] + "…" : text)}' is not a duration; write it as 90s, 10m or 1h30m");
}
