namespace Slipway.House;

/// <summary>
/// Blanks what is not code in a C# text, so that a search for a call does not find a word in a comment or a message.
/// It knows line and block comments, character literals, and regular, verbatim, raw and interpolated strings; what stands
/// inside an interpolation hole stays, because that is code.
/// </summary>
internal static class CodeText
{
    /// <summary>The text with comments and the inside of literals as spaces. Line breaks stay, so positions and lines agree.</summary>
    public static string Of(string text)
    {
        char[] code = text.ToCharArray();
        Skim(text, code, 0, insideHole: false);
        return new string(code);
    }

    // Walks code from a position to the end, or to the brace that closes the interpolation hole it began in.
    private static int Skim(string text, char[] code, int at, bool insideHole)
    {
        int depth = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (insideHole && c == '}' && depth == 0)
            {
                return at;
            }

            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            at = c switch
            {
                '/' when Next(text, at) == '/' => Blank(text, code, at, IndexOrEnd(text, "\n", at)),
                '/' when Next(text, at) == '*' => Blank(text, code, at, IndexOrEnd(text, "*/", at + 2) + 2),
                '\'' => Character(text, code, at),
                '"' => Literal(text, code, at),
                _ => at + 1,
            };
        }

        return at;
    }

    private static int Character(string text, char[] code, int at)
    {
        int end = at + 1;
        while (end < text.Length && text[end] != '\'' && text[end] != '\n')
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        Blank(text, code, at + 1, end);
        return end + 1;
    }

    // `at` is the first quote; the marks before it ($, @, $$) say which kind of string opens here.
    private static int Literal(string text, char[] code, int at)
    {
        int dollars = 0;
        bool verbatim = false;
        for (int before = at - 1; before >= 0 && text[before] is '$' or '@'; before--)
        {
            dollars += text[before] == '$' ? 1 : 0;
            verbatim |= text[before] == '@';
        }

        int quotes = 0;
        while (at + quotes < text.Length && text[at + quotes] == '"')
        {
            quotes++;
        }

        if (quotes == 2)
        {
            return at + 2;
        }

        bool raw = quotes >= 3;
        string close = raw ? new string('"', quotes) : "\"";
        return Inside(text, code, at + close.Length, new Kind(close, raw, verbatim, dollars));
    }

    private static int Inside(string text, char[] code, int at, Kind kind)
    {
        while (at < text.Length)
        {
            if (string.CompareOrdinal(text, at, kind.Close, 0, kind.Close.Length) == 0)
            {
                if (kind.Verbatim && Next(text, at) == '"')
                {
                    at = Blank(text, code, at, at + 2);
                    continue;
                }

                return at + kind.Close.Length;
            }

            if (kind.Dollars > 0 && text[at] == '{')
            {
                int braces = 1;
                while (at + braces < text.Length && text[at + braces] == '{')
                {
                    braces++;
                }

                bool hole = kind.Raw ? braces >= kind.Dollars : braces % 2 == 1;
                at = hole ? Skim(text, code, at + braces, insideHole: true) + 1 : at + braces;
                continue;
            }

            at = Blank(text, code, at, at + (text[at] == '\\' && !kind.Raw && !kind.Verbatim ? 2 : 1));
        }

        return at;
    }

    private static int Blank(string text, char[] code, int from, int to)
    {
        to = Math.Min(to, text.Length);
        for (int i = from; i < to; i++)
        {
            if (text[i] != '\n')
            {
                code[i] = ' ';
            }
        }

        return to;
    }

    private static char Next(string text, int at) => at + 1 < text.Length ? text[at + 1] : '\0';

    private static int IndexOrEnd(string text, string what, int at)
    {
        int found = at > text.Length ? -1 : text.IndexOf(what, at, StringComparison.Ordinal);
        return found < 0 ? text.Length : found;
    }

    private readonly record struct Kind(string Close, bool Raw, bool Verbatim, int Dollars);
}
