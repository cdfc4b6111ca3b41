using System.Collections.Immutable;

namespace Slipway.Data.Diffs.Text;

/// <summary>A run of lines that two texts have in common, or that only one has.</summary>
/// <param name="Before">The first line of it in the old text, from 0; <paramref name="BeforeCount"/> lines.</param>
/// <param name="After">The first line of it in the new text, from 0; <paramref name="AfterCount"/> lines.</param>
internal readonly record struct LineChange(int Before, int BeforeCount, int After, int AfterCount);

/// <summary>
/// Finds a shortest edit script between two texts, line by line, by the greedy algorithm of Myers (An O(ND) Difference Algorithm and Its Variations, 1986).
/// Texts that differ by more than a bound are told as one change between their common ends.
/// </summary>
internal static class LineDiff
{
    /// <summary>The most lines that a script adds and removes: its search keeps a square of that many numbers.</summary>
    private const int MostEdits = 2000;

    /// <summary>The changes, in order; nothing where the texts are the same.</summary>
    public static ImmutableArray<LineChange> Compare(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        int start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start])
        {
            start++;
        }

        int end = 0;
        while (end < before.Count - start && end < after.Count - start && before[before.Count - 1 - end] == after[after.Count - 1 - end])
        {
            end++;
        }

        Dictionary<string, int> known = new(StringComparer.Ordinal);
        int[] a = Number(before, start, before.Count - end, known), b = Number(after, start, after.Count - end, known);
        if (a.Length == 0 && b.Length == 0)
        {
            return [];
        }

        return a.Length == 0 || b.Length == 0 || Search(a, b) is not { } trace
            ? [new LineChange(start, a.Length, start, b.Length)]
            : Walk(a.Length, b.Length, trace, start);
    }

    private static int[] Number(IReadOnlyList<string> lines, int start, int end, Dictionary<string, int> known)
    {
        int[] numbers = new int[end - start];
        for (int i = start; i < end; i++)
        {
            if (!known.TryGetValue(lines[i], out int number))
            {
                known[lines[i]] = number = known.Count;
            }

            numbers[i - start] = number;
        }

        return numbers;
    }

    /// <summary>How far each diagonal was reached after each number of edits; null where the bound was met first.</summary>
    private static List<int[]>? Search(int[] a, int[] b)
    {
        List<int[]> trace = [];
        int[] reached = [0];
        for (int edits = 0; edits <= Math.Min(a.Length + b.Length, MostEdits); edits++)
        {
            // One number for each diagonal -edits … edits.
            int[] next = new int[(2 * edits) + 1];
            for (int diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                int x = edits == 0 ? 0 : Step(reached, edits - 1, diagonal);
                int y = x - diagonal;
                while (x < a.Length && y < b.Length && a[x] == b[y])
                {
                    x++;
                    y++;
                }

                next[diagonal + edits] = x;
                if (x >= a.Length && y >= b.Length)
                {
                    trace.Add(next);
                    return trace;
                }
            }

            trace.Add(next);
            reached = next;
        }

        return null;
    }

    /// <summary>Where one more edit leads to on a diagonal: down from the one above, or right from the one below, whichever is further.</summary>
    private static int Step(int[] reached, int edits, int diagonal)
    {
        int below = diagonal - 1 + edits, above = diagonal + 1 + edits;
        return above < reached.Length && (below < 0 || reached[below] < reached[above]) ? reached[above] : reached[below] + 1;
    }

    /// <summary>Goes back through the trace, and joins edits that touch.</summary>
    private static ImmutableArray<LineChange> Walk(int x, int y, List<int[]> trace, int start)
    {
        List<LineChange> changes = [];
        for (int edits = trace.Count - 1; edits > 0; edits--)
        {
            int diagonal = x - y;
            int[] reached = trace[edits - 1];
            int begin = Step(reached, edits - 1, diagonal);
            int above = diagonal + edits;
            bool down = above < reached.Length && reached[above] == begin && (diagonal - 2 + edits < 0 || reached[diagonal - 2 + edits] < reached[above]);
            (int fromX, int fromY) = down ? (begin, begin - diagonal - 1) : (begin - 1, begin - diagonal);
            LineChange edit = new(start + fromX, begin - fromX, start + fromY, begin - diagonal - fromY);
            if (changes.Count > 0 && changes[^1] is var last && last.Before == edit.Before + edit.BeforeCount && last.After == edit.After + edit.AfterCount)
            {
                changes[^1] = new LineChange(edit.Before, edit.BeforeCount + last.BeforeCount, edit.After, edit.AfterCount + last.AfterCount);
            }
            else
            {
                changes.Add(edit);
            }

            (x, y) = (fromX, fromY);
        }

        changes.Reverse();
        return [.. changes];
    }
}
