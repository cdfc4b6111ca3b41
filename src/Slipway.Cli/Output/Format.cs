using System.Globalization;

namespace Slipway.Cli.Output;

/// <summary>Numbers and times for people.</summary>
internal static class Format
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>Three digits and a unit of 1024: "4.41 KiB", "512 B".</summary>
    public static string Bytes(double bytes)
    {
        int unit = 0;
        while (Math.Abs(bytes) >= 1023.5 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        string format = unit == 0 || Math.Abs(bytes) >= 99.95 ? "0" : Math.Abs(bytes) >= 9.995 ? "0.0" : "0.00";
        return $"{bytes.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>"35 ms", "2.4 s", "1 min 05 s", "2 h 03 min", "3 d 4 h".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { Ticks: < 0 } => "0 ms",
        { TotalSeconds: < 0.9995 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
        { TotalHours: < 24 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
    };

    /// <summary>How long ago, in one unit: "5 minutes ago".</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) => now - then is { TotalSeconds: < 1 } ? "just now" : Span(now - then) + " ago";

    /// <summary>One unit: "5 minutes".</summary>
    public static string Span(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => Count((long)Math.Max(1, time.TotalSeconds), "second"),
        { TotalMinutes: < 60 } => Count((long)time.TotalMinutes, "minute"),
        { TotalHours: < 48 } => Count((long)time.TotalHours, "hour"),
        { TotalDays: < 60 } => Count((long)time.TotalDays, "day"),
        { TotalDays: < 730 } => Count((long)(time.TotalDays / 30), "month"),
        _ => Count((long)(time.TotalDays / 365), "year"),
    };

    /// <summary>"1 file", "2 files".</summary>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>The twelve digits that name a digest among people.</summary>
    public static string ShortId(string id)
    {
        int colon = id.IndexOf(':', StringComparison.Ordinal);
        string hex = id[(colon + 1)..];
        return hex.Length > 12 ? hex[..12] : hex;
    }

    /// <summary>To the second, in UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
