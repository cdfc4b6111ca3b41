namespace Slipway.Cli.Options;

/// <summary>Reads -e and --env-file: "NAME=value", or "NAME" alone for our own value (left out when we have none).</summary>
internal static class EnvironmentOption
{
    /// <returns>"NAME=value" each: the files' first, so that -e wins.</returns>
    public static IReadOnlyList<string> Read(IReadOnlyList<string> values, IReadOnlyList<string> files, Func<string, string?> environment, Func<string, string> resolve)
    {
        List<string> result = [];
        foreach (string file in files)
        {
            int number = 0;
            foreach (string line in ReadLines(file, resolve(file)))
            {
                number++;
                string text = line.TrimStart();
                if (text.Length > 0 && text[0] != '#')
                {
                    Add(result, text, environment, $"{file}:{number}");
                }
            }
        }

        foreach (string value in values)
        {
            Add(result, value, environment, "-e");
        }

        return result;
    }

    private static string[] ReadLines(string name, string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"--env-file {name}: {exception.Message}", usage: true);
        }
    }

    private static void Add(List<string> result, string text, Func<string, string?> environment, string where)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text.Trim() : text[..equals];
        if (name.Length == 0 || name.AsSpan().ContainsAny(' ', '\t', '\0'))
        {
            throw new CliException($"{where}: '{text}' has no name before '='", "write NAME=value, or NAME to pass your own value on", usage: true);
        }

        if (equals >= 0)
        {
            result.Add(text);
        }
        else if (environment(name) is string value)
        {
            result.Add($"{name}={value}");
        }
    }
}
