namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>Finds what a person probably meant.</summary>
internal static class NearestName
{
    /// <summary>
    /// The name of <paramref name="known"/> with the fewest insertions, deletions, changes and swaps of neighbours from
    /// <paramref name="written"/>; null where none is near enough to be worth saying (a third of its letters, at least two).
    /// </summary>
    public static string? Find(string written, IEnumerable<string> known)
    {
        if (written.Length is 0 or > 100)
        {
            return null;
        }

        (string Name, int Distance)? best = null;
        foreach (string name in known)
        {
            // An abbreviation of what was written is as near as one mistake: cmd for command, env for environment.
            int distance = name.Length >= 3 && written[0] == name[0] && Abbreviates(name, written) ? 1 : Distance(Plain(written), Plain(name));
            if (distance <= Math.Max(2, name.Length / 3) && distance < Math.Max(name.Length, written.Length) && (best is null || distance < best.Value.Distance))
            {
                best = (name, distance);
            }
        }

        return best?.Name;
    }

    /// <summary>The distance of Damerau and Levenshtein, in its form where no part is edited twice.</summary>
    public static int Distance(string first, string second)
    {
        int[,] table = new int[first.Length + 1, second.Length + 1];
        for (int i = 0; i <= first.Length; i++)
        {
            table[i, 0] = i;
        }

        for (int j = 0; j <= second.Length; j++)
        {
            table[0, j] = j;
        }

        for (int i = 1; i <= first.Length; i++)
        {
            for (int j = 1; j <= second.Length; j++)
            {
                int changed = table[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                int least = Math.Min(changed, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    least = Math.Min(least, table[i - 2, j - 2] + 1);
                }

                table[i, j] = least;
            }
        }

        return table[first.Length, second.Length];
    }

    private static bool Abbreviates(string name, string written)
    {
        int next = 0;
        foreach (char letter in written)
        {
            next += next < name.Length && letter == name[next] ? 1 : 0;
        }

        return next == name.Length;
    }

    private static string Plain(string name) => name.Replace('-', '_').ToLowerInvariant();
}
