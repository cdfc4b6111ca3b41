namespace Slipway.Build.Dockerfiles;

/// <summary>The patterns of <c>${x#…}</c> and its kin: <c>*</c> any text, <c>?</c> one character, <c>\</c> takes the next literally.</summary>
internal static class ShellPattern
{
    public static string TrimPrefix(string value, string pattern, bool longest)
    {
        IEnumerable<int> lengths = Enumerable.Range(0, value.Length + 1);
        foreach (int length in longest ? lengths.Reverse() : lengths)
        {
            if (Matches(value.AsSpan(0, length), pattern))
            {
                return value[length..];
            }
        }

        return value;
    }

    public static string TrimSuffix(string value, string pattern, bool longest)
    {
        IEnumerable<int> starts = Enumerable.Range(0, value.Length + 1);
        foreach (int start in longest ? starts : starts.Reverse())
        {
            if (Matches(value.AsSpan(start), pattern))
            {
                return value[..start];
            }
        }

        return value;
    }

    /// <summary>Replaces the first longest match, or each of them.</summary>
    public static string Replace(string value, string pattern, string replacement, bool all)
    {
        System.Text.StringBuilder result = new();
        int start = 0;
        while (start < value.Length)
        {
            int length = value.Length - start;
            while (length > 0 && !Matches(value.AsSpan(start, length), pattern))
            {
                length--;
            }

            if (length == 0)
            {
                result.Append(value[start++]);
                continue;
            }

            result.Append(replacement);
            start += length;
            if (!all)
            {
                break;
            }
        }

        return result.Append(value.AsSpan(start)).ToString();
    }

    // Backtracks to the last star only, so the time is at most the product of both lengths.
    private static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        int t = 0, p = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            bool escaped = p + 1 < pattern.Length && pattern[p] == '\\';
            if (p < pattern.Length && pattern[p] == '*' && !escaped)
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && (escaped ? pattern[p + 1] == text[t] : pattern[p] == '?' || pattern[p] == text[t]))
            {
                p += escaped ? 2 : 1;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
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
}
