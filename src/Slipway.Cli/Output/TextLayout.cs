using System.Globalization;
using System.Text;

namespace Slipway.Cli.Output;

/// <summary>Text that fits: wrapped, cut, and without characters that would steer the terminal.</summary>
internal static class TextLayout
{
    /// <summary>Lines of at most <paramref name="width"/> columns, broken at spaces.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        width = Math.Max(width, 10);
        while (text.Length > width)
        {
            int space = text.LastIndexOf(' ', width);
            int end = space <= 0 ? width : space;
            yield return text[..end];
            text = text[end..].TrimStart();
        }

        yield return text;
    }

    /// <summary>At most <paramref name="width"/> columns, the last of them "…" where something was cut.</summary>
    public static string Cut(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        StringBuilder kept = new();
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int columns = Width(rune);
            if (used + columns > width - 1)
            {
                break;
            }

            kept.Append(rune);
            used += columns;
        }

        return kept.Append('…').ToString();
    }

    /// <summary>Names may hold anything: control characters are shown as \x1b, so that a file's name cannot move the cursor.</summary>
    public static string Printable(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
        {
            return text;
        }

        StringBuilder safe = new(text.Length + 8);
        foreach (char c in text)
        {
            _ = char.IsControl(c) ? safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : safe.Append(c);
        }

        return safe.ToString();
    }

    /// <summary>The lines of a text, each <see cref="Printable"/>.</summary>
    public static string[] PrintableLines(string text) => Array.ConvertAll(text.TrimEnd().Split('\n'), static line => Printable(line.TrimEnd('\r')));

    /// <summary>Columns on a terminal.</summary>
    public static int Width(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text.Length;
        }

        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Width(rune);
        }

        return width;
    }

    /// <summary>Zero for marks that combine, two for the wide scripts of East Asia and pictures, else one.</summary>
    private static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1,
    };
}
