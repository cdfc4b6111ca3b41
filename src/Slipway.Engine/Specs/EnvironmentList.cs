namespace Slipway.Engine;

/// <summary>Ordered <c>NAME=value</c> lists.</summary>
internal static class EnvironmentList
{
    /// <summary>
    /// <paramref name="changes"/> over <paramref name="entries"/>: a name that exists keeps its place and takes the new value, a new one comes
    /// last, and a bare <c>NAME</c> removes it.
    /// </summary>
    public static IReadOnlyList<string> Merge(IReadOnlyList<string> entries, IReadOnlyList<string> changes)
    {
        List<string> merged = [.. entries];
        foreach (string change in changes)
        {
            string name = NameOf(change);
            int index = merged.FindIndex(entry => NameOf(entry) == name);
            if (!change.Contains('=', StringComparison.Ordinal))
            {
                if (index >= 0)
                {
                    merged.RemoveAt(index);
                }
            }
            else if (index >= 0)
            {
                merged[index] = change;
            }
            else
            {
                merged.Add(change);
            }
        }

        return merged;
    }

    private static string NameOf(string entry) => entry.IndexOf('=', StringComparison.Ordinal) is var end && end < 0 ? entry : entry[..end];
}
