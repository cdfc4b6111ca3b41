namespace Slipway.Cli.Builds;

/// <summary>Values such as <c>id=token,src=file</c>: fields between commas.</summary>
internal static class FieldList
{
    /// <param name="known">The names that there are; any other is a fault.</param>
    public static Dictionary<string, string> Read(string text, string option, ReadOnlySpan<string> known)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string field in text.Split(','))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string name = (equals < 0 ? field : field[..equals]).Trim();
            if (!known.Contains(name))
            {
                throw new CliException($"{option} {text}: there is no field '{name}'", $"the fields are {string.Join(", ", known.ToArray())}", usage: true);
            }

            fields[name] = equals < 0 ? "" : field[(equals + 1)..];
        }

        return fields;
    }
}
