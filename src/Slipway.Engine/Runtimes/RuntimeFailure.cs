using System.Text.Json;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>Makes runc's and crun's words for "this cannot start" into the kinds that a shell's exit codes stand for.</summary>
internal static class RuntimeFailure
{
    /// <summary>
    /// <see cref="ErrorKind.NotFound"/>: no such program (127); <see cref="ErrorKind.PermissionDenied"/>: not executable (126); else
    /// <see cref="ErrorKind.FailedPrecondition"/> (125).
    /// </summary>
    public static SlipwayException Translate(string error, string what)
    {
        string line = LastLine(error);
        bool aboutProgram = line.Contains("exec", StringComparison.OrdinalIgnoreCase);
        if (aboutProgram && (Says(line, "no such file or directory") || Says(line, "not found")))
        {
            return new SlipwayException(
                ErrorKind.NotFound, $"{what}: the command is not in the image: {line}", "Check the spelling, the image's PATH, and that the script's first line names a program of the image.");
        }

        if (aboutProgram && (Says(line, "permission denied") || Says(line, "is a directory") || Says(line, "open executable: operation not permitted")))
        {
            return new SlipwayException(
                ErrorKind.PermissionDenied, $"{what}: the command is not executable: {line}", "Make it so with `RUN chmod +x FILE` in the Dockerfile.");
        }

        return new SlipwayException(ErrorKind.FailedPrecondition, $"{what}: {line}");
    }

    /// <summary>The runtime's own sentence, out of whichever form (plain, logrus text, JSON) it was written in.</summary>
    public static string LastLine(string error)
    {
        string line = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        if (line.StartsWith('{'))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                return document.RootElement.TryGetProperty("msg", out JsonElement message) ? message.GetString() ?? line : line;
            }
            catch (JsonException)
            {
                return line;
            }
        }

        int text = line.IndexOf("msg=\"", StringComparison.Ordinal);
        return text >= 0 ? line[(text + 5)..(line.EndsWith('"') ? ^1 : ^0)].Replace("\\\"", "\"", StringComparison.Ordinal)
            : line.Length == 0 ? "the runtime gave no reason" : line;
    }

    private static bool Says(string line, string words) => line.Contains(words, StringComparison.OrdinalIgnoreCase);
}
