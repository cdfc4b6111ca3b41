using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Jobs;

/// <summary>A file's ancestry as a tree: file, the datums that wrote it, the files that they read, and so on.</summary>
internal static class LineageDrawing
{
    private const int FilesShown = 10;

    public static IReadOnlyList<string> Draw(LineageFile file, Style style)
    {
        List<string> lines = [];
        Draw(file, "", "", style, lines);
        return lines;
    }

    private static void Draw(LineageFile file, string first, string rest, Style style, List<string> lines)
    {
        string name = TextLayout.Printable($"{file.Repo}@{file.Branch ?? file.Commit}:{file.Path}");
        string digest = file.Digest is null ? "" : "  " + file.Digest;
        lines.Add($"{first}{style.Bold(name)}  {Format.Bytes(file.Size)}{style.Dim(digest)}{(file.SeeAbove ? style.Dim("  (see above)") : "")}");
        lines.Add($"{rest}{(file.MadeBy.Count > 0 ? "│ " : "  ")}{style.Dim("commit")} {file.Commit}{PutBy(file)}");
        string below = rest + (file.MadeBy.Count > 0 ? "│ " : "  ");
        foreach (FileEntry held in file.Files.Take(FilesShown))
        {
            lines.Add($"{below}{style.Dim("holds")}  {TextLayout.Printable(held.Path)}  {Format.Bytes(held.Size)}  {style.Dim(held.Digest)}");
        }

        if (file.Files.Count > FilesShown)
        {
            lines.Add($"{below}{style.Dim($"       and more: slipway ls -r {file.Repo}@{file.Commit}:{file.Path}")}");
        }

        foreach (string unknown in file.Unknown)
        {
            lines.Add($"{below}{style.Dim("note")}   {TextLayout.Printable(unknown)}");
        }

        for (int i = 0; i < file.MadeBy.Count; i++)
        {
            bool last = i == file.MadeBy.Count - 1;
            Draw(file.MadeBy[i], rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "), style, lines);
        }
    }

    private static string PutBy(LineageFile file)
    {
        if (file.MadeBy.Count > 0 || file.SeeAbove)
        {
            return "";
        }

        string by = string.IsNullOrEmpty(file.Author) ? "" : $" by {file.Author}";
        string when = file.Time is { } time ? $" at {Format.Time(time)}" : "";
        string why = string.IsNullOrEmpty(file.Message) ? "" : $": {file.Message}";
        return TextLayout.Printable(by + when is { Length: > 0 } known ? $", put{known}{why}" : why);
    }

    private static void Draw(LineageDatum datum, string first, string rest, Style style, List<string> lines)
    {
        string took = datum.RunSeconds is double seconds ? $", {Format.Duration(TimeSpan.FromSeconds(seconds))}" : "";
        string bar = rest + (datum.Inputs.Count > 0 ? "│  " : "   ");
        lines.Add($"{first}{style.Green($"[{datum.Pipeline}]")} version {datum.PipelineVersion}, datum {Format.ShortId(datum.Datum)}{took}");
        Add("job", datum.RanIn is null ? datum.Job : $"{datum.Job} (answered by {datum.RanIn})");
        Add("command", string.Join(' ', datum.Command));
        foreach (string line in datum.Stdin)
        {
            Add("stdin", line);
        }

        Add("image", datum.ImageDigest is null ? datum.Image : $"{datum.Image} {datum.ImageDigest}");
        Add("Dockerfile", datum.DockerfileDigest);
        Add("revision", datum.Revision);
        for (int i = 0; i < datum.Inputs.Count; i++)
        {
            bool last = i == datum.Inputs.Count - 1;
            Draw(datum.Inputs[i], rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "), style, lines);
        }

        void Add(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                lines.Add($"{bar}{style.Dim(name.PadRight(10))} {TextLayout.Printable(value)}");
            }
        }
    }
}
