using System.Globalization;
using System.Text;
using Slipway.Content;

namespace Slipway.Build.Dockerfiles;

/// <summary>Shows a Dockerfile's lines around a place, the place marked.</summary>
internal static class SourceExcerpt
{
    private const int Around = 2;
    private const int MaximumMarked = 20;

    /// <summary>The lines of the span with two before and after, numbered, those of the span marked with <c>&gt;</c>.</summary>
    public static string Of(IReadOnlyList<string> lines, SourceSpan span)
    {
        StringBuilder excerpt = new();
        int first = Math.Max(1, span.StartLine - Around);
        int last = Math.Min(lines.Count, Math.Min(span.EndLine, span.StartLine + MaximumMarked) + Around);
        int width = last.ToString(CultureInfo.InvariantCulture).Length;
        for (int number = first; number <= last; number++)
        {
            char mark = number >= span.StartLine && number <= span.EndLine ? '>' : ' ';
            string line = number.ToString(CultureInfo.InvariantCulture).PadLeft(width);
            excerpt.Append(' ').Append(mark).Append(' ').Append(line).Append(" | ").Append(lines[number - 1]).Append('\n');
        }

        return excerpt.ToString().TrimEnd('\n');
    }

    /// <summary>One exception for all faults of a file.</summary>
    public static SlipwayException Failure(string name, IReadOnlyList<string> lines, IReadOnlyList<Diagnostic> faults)
    {
        IEnumerable<string> parts = faults.Select(fault =>
            string.Create(CultureInfo.InvariantCulture, $"{name}:{fault.Span.StartLine}: {fault.Message}")
            + (fault.Hint is null ? "" : $" ({fault.Hint})")
            + (lines.Count == 0 ? "" : "\n" + Of(lines, fault.Span)));
        return new(ErrorKind.InvalidArgument, string.Join("\n", parts));
    }
}
