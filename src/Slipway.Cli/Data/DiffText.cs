using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

/// <summary>Differences between commits, as people read them.</summary>
internal static class DiffText
{
    private const int MostColumns = 6;

    /// <summary>One change: a line, and where it is known the lines of text that differ.</summary>
    public static void Write(CommandContext context, FileChange change, bool nameOnly)
    {
        if (nameOnly)
        {
            context.Out.WriteLine(TextLayout.Printable(change.Path));
            return;
        }

        Style style = context.Terminal.Style;
        string facts = Facts(change.Comparison);
        context.Out.WriteLine(Line(change, style) + (facts.Length > 0 ? "  " + facts : ""));
        if (change.Comparison?.Skipped is { } skipped)
        {
            context.Out.WriteLine(style.Dim($"    {skipped}"));
        }

        foreach (string line in change.Comparison?.Unified ?? [])
        {
            string text = TextLayout.Printable(line);
            context.Out.WriteLine(line[0] switch
            {
                '+' => style.Green(text),
                '-' => style.Red(text),
                '@' => style.Cyan(text),
                '\\' => style.Dim(text),
                _ => text,
            });
        }
    }

    /// <summary>A change with its size, on a line.</summary>
    public static string Line(FileChange change, Style style)
    {
        string path = TextLayout.Printable(change.Path);
        return (change.Before, change.After) switch
        {
            (null, { } after) => style.Green($"+ {path}") + $"  {Format.Bytes(after.Size)}",
            ({ } before, null) => style.Red($"- {path}") + $"  {Format.Bytes(before.Size)}",
            ({ } before, { } after) when before.Path != after.Path => style.Cyan($"→ {path}") + $"  was {TextLayout.Printable(before.Path)}",
            ({ } before, { } after) when before.Digest == after.Digest => style.Yellow($"~ {path}") + (after.Executable ? "  now executable" : "  not executable any more"),
            ({ } before, { } after) => style.Yellow($"~ {path}") + $"  {Format.Bytes(before.Size)} → {Format.Bytes(after.Size)}",
            _ => path,
        };
    }

    /// <summary>What differs in each folder that has a changed file, and in all.</summary>
    public static void WriteFolders(CommandContext context, IReadOnlyList<FileChange> changes)
    {
        Table table = new(["FOLDER", "ADDED", "CHANGED", "RENAMED", "DELETED", "BYTES"]);
        foreach (IGrouping<string, FileChange> folder in changes.GroupBy(static change => FolderOf(change.Path)).OrderBy(static folder => folder.Key, StringComparer.Ordinal))
        {
            table.Add(Row(TextLayout.Printable(folder.Key), [.. folder]));
        }

        table.Add(Row("in all", changes));
        table.Write(context);
    }

    private static string[] Row(string name, IReadOnlyList<FileChange> changes)
    {
        long bytes = changes.Sum(static change => (change.After?.Size ?? 0) - (change.Before?.Size ?? 0));
        return
        [
            name,
            Number(changes.Count(static change => change.Before is null)),
            Number(changes.Count(static change => change is { Before: { } before, After: { } after } && before.Path == after.Path)),
            Number(changes.Count(static change => change is { Before: { } before, After: { } after } && before.Path != after.Path)),
            Number(changes.Count(static change => change.After is null)),
            (bytes < 0 ? "-" : "+") + Format.Bytes(Math.Abs(bytes)),
        ];
    }

    private static string Number(int count) => count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture);

    private static string FolderOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "/";

    private static string Facts(FileComparison? comparison)
    {
        FileFacts? before = comparison?.Before, after = comparison?.After;
        return (before ?? after) switch
        {
            null => "",
            { Width: not null } => Changed(before?.Format + Pixels(before), after?.Format + Pixels(after)),
            _ => $"{Changed(Count(before?.Rows), Count(after?.Rows))} rows" + Columns(before, after),
        };
    }

    private static string Pixels(FileFacts? facts) => facts?.Width is { } width ? string.Create(CultureInfo.InvariantCulture, $" {width}×{facts.Height}") : "";

    private static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Changed(string before, string after) => before == after || before.Length == 0 ? after : after.Length == 0 ? before : $"{before} → {after}";

    /// <summary>How many columns; and which ones came and went.</summary>
    private static string Columns(FileFacts? before, FileFacts? after)
    {
        IReadOnlyList<string> old = before?.Columns ?? [], now = after?.Columns ?? [];
        string text = $", {Changed(before is null ? "" : Count(old.Count), after is null ? "" : Count(now.Count))} columns";
        if (before is null || after is null)
        {
            return text;
        }

        string[] marks = [.. now.Except(old).Select(static name => "+" + name), .. old.Except(now).Select(static name => "-" + name)];
        return marks.Length == 0 ? text : $"{text} ({TextLayout.Printable(string.Join(", ", marks.Take(MostColumns)))}{(marks.Length > MostColumns ? ", …" : "")})";
    }
}
