namespace Slipway.Data.Repos;

/// <summary>The names that a person may have meant.</summary>
internal static class NearestNames
{
    /// <summary>At most three of <paramref name="known"/> within a few typing errors of <paramref name="name"/>, nearest first.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known)
    {
        int bound = Math.Max(1, name.Length / 3);
        return [.. known
            .Where(k => Math.Abs(k.Length - name.Length) <= bound)
            .Select(k => (Name: k, Distance: Distance(name, k)))
            .Where(k => k.Distance <= bound)
            .OrderBy(k => k.Distance).ThenBy(k => k.Name, StringComparer.Ordinal)
            .Take(3).Select(k => k.Name)];
    }

    /// <summary>Levenshtein's distance: insertions, deletions and replacements from one to the other; case does not count.</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int above = row[j];
                int replaced = diagonal + (char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[to.Length];
    }
}
