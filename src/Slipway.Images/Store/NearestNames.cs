namespace Slipway.Images;

/// <summary>Names that a person may have meant.</summary>
internal static class NearestNames
{
    private const int Shown = 3;

    /// <summary>At most three of <paramref name="known"/>, nearest first by edit distance, none farther than half the name's length.</summary>
    public static string[] Of(string name, IEnumerable<string> known) =>
    [
        .. known.Select(candidate => (candidate, distance: Math.Min(Distance(name, candidate), Distance(name, WithoutLatest(candidate)))))
            .Where(pair => pair.distance <= Math.Max(2, name.Length / 2) || pair.candidate.StartsWith(name + ":", StringComparison.Ordinal))
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Take(Shown)
            .Select(pair => pair.candidate),
    ];

    private static string WithoutLatest(string name) => name.EndsWith(":latest", StringComparison.Ordinal) ? name[..^":latest".Length] : name;

    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
