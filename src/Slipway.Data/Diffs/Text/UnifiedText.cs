using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Slipway.Data.Diffs.Text;

/// <summary>The difference of two texts in the unified form (POSIX, diff -u), without the two lines that name the files.</summary>
public static class UnifiedText
{
    private const string NoNewline = @"\ No newline at end of file";
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The lines of the difference; null where one of the files is no text (in UTF-8, without a NUL).</summary>
    /// <param name="context">How many unchanged lines are shown around a change.</param>
    public static ImmutableArray<string>? Compare(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int context) =>
        Lines(before) is { } a && Lines(after) is { } b ? Write(a, b, Math.Max(0, context)) : null;

    /// <summary>The lines, each with its end, so that a last one without an end differs from one that has it.</summary>
    private static List<string>? Lines(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
        {
            return null;
        }

        string text;
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        List<string> lines = [];
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }

    private static ImmutableArray<string> Write(List<string> before, List<string> after, int context)
    {
        ImmutableArray<string>.Builder text = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<LineChange> changes = LineDiff.Compare(before, after);
        for (int first = 0; first < changes.Length;)
        {
            // Changes whose context touches share a hunk.
            int last = first;
            while (last + 1 < changes.Length && changes[last + 1].Before - changes[last].Before - changes[last].BeforeCount <= 2 * context)
            {
                last++;
            }

            WriteHunk(text, before, after, changes[first..(last + 1)], context);
            first = last + 1;
        }

        return text.ToImmutable();
    }

    private static void WriteHunk(ImmutableArray<string>.Builder text, List<string> before, List<string> after, ImmutableArray<LineChange> changes, int context)
    {
        LineChange first = changes[0], last = changes[^1];
        int lead = Math.Min(context, first.Before), trail = Math.Min(context, before.Count - last.Before - last.BeforeCount);
        int start = first.Before - lead, count = last.Before + last.BeforeCount + trail - start;
        int newStart = first.After - lead, newCount = last.After + last.AfterCount + trail - newStart;
        text.Add($"@@ -{Range(start, count)} +{Range(newStart, newCount)} @@");
        int at = start;
        foreach (LineChange change in changes)
        {
            Add(text, ' ', before, at, change.Before - at);
            Add(text, '-', before, change.Before, change.BeforeCount);
            Add(text, '+', after, change.After, change.AfterCount);
            at = change.Before + change.BeforeCount;
        }

        Add(text, ' ', before, at, trail);
    }

    /// <summary>The first line, from 1, and how many; of an empty run, the line before it.</summary>
    private static string Range(int start, int count) => count == 1
        ? (start + 1).ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");

    private static void Add(ImmutableArray<string>.Builder text, char sign, List<string> lines, int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            bool whole = lines[i].EndsWith('\n');
            text.Add(sign + (whole ? lines[i][..^1] : lines[i]));
            if (!whole)
            {
                text.Add(NoNewline);
            }
        }
    }
}
