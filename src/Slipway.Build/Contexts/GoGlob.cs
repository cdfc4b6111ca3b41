namespace Slipway.Build.Contexts;

/// <summary>
/// Patterns of one path part as Go's <c>filepath.Match</c> has them: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a-z]</c>, and <c>\</c> to take the next
/// character literally. None of them matches <c>/</c>.
/// </summary>
internal static class GoGlob
{
    /// <summary>Whether the text holds anything but literal characters.</summary>
    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny("*?[\\") >= 0;

    /// <summary>Whether the name matches; <paramref name="fault"/> says that the pattern is malformed.</summary>
    public static bool Matches(string pattern, string name, out bool fault)
    {
        fault = !IsWellFormed(pattern);
        return !fault && Match(pattern, name);
    }

    // Backtracks to the last star only.
    private static bool Match(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = n;
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, name[n], out int next))
            {
                p = next;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, int at, char character, out int next)
    {
        next = at + 1;
        switch (pattern[at])
        {
            case '?':
                return character != '/';
            case '\\':
                next = at + 2;
                return pattern[at + 1] == character;
            case '[':
                return MatchesClass(pattern, at, character, out next);
            default:
                return pattern[at] == character;
        }
    }

    private static bool MatchesClass(ReadOnlySpan<char> pattern, int at, char character, out int next)
    {
        int index = at + 1;
        bool negated = pattern[index] == '^';
        index += negated ? 1 : 0;
        bool found = false;
        bool first = true;
        while (first || pattern[index] != ']')
        {
            first = false;
            char low = Literal(pattern, ref index);
            char high = low;
            if (pattern[index] == '-')
            {
                index++;
                high = Literal(pattern, ref index);
            }

            found |= low <= character && character <= high;
        }

        next = index + 1;
        return found != negated;
    }

    private static char Literal(ReadOnlySpan<char> pattern, ref int index)
    {
        index += pattern[index] == '\\' ? 1 : 0;
        return pattern[index++];
    }

    private static bool IsWellFormed(ReadOnlySpan<char> pattern)
    {
        for (int index = 0; index < pattern.Length; index++)
        {
            if (pattern[index] == '\\' && ++index == pattern.Length)
            {
                return false;
            }

            if (pattern[index] == '[' && (index == 0 || pattern[index - 1] != '\\' || IsEscapedBackslash(pattern, index - 1)))
            {
                int end = EndOfClass(pattern, index);
                if (end < 0)
                {
                    return false;
                }

                index = end;
            }
        }

        return true;
    }

    private static bool IsEscapedBackslash(ReadOnlySpan<char> pattern, int at)
    {
        int count = 0;
        while (at - count >= 0 && pattern[at - count] == '\\')
        {
            count++;
        }

        return count % 2 == 0;
    }

    // The index of the closing bracket, or -1. At least one range; a range is "x" or "x-y"; "-" and "]" need an escape to be literal.
    private static int EndOfClass(ReadOnlySpan<char> pattern, int at)
    {
        int index = at + 1;
        index += index < pattern.Length && pattern[index] == '^' ? 1 : 0;
        bool any = false;
        while (index < pattern.Length)
        {
            if (pattern[index] == ']' && any)
            {
                return index;
            }

            any = true;
            if (!SkipLiteral(pattern, ref index))
            {
                return -1;
            }

            if (index < pattern.Length && pattern[index] == '-')
            {
                index++;
                if (!SkipLiteral(pattern, ref index))
                {
                    return -1;
                }
            }
        }

        return -1;
    }

    private static bool SkipLiteral(ReadOnlySpan<char> pattern, ref int index)
    {
        if (index >= pattern.Length || pattern[index] is '-' or ']')
        {
            return false;
        }

        index += pattern[index] == '\\' ? 2 : 1;
        return index < pattern.Length;
    }
}
