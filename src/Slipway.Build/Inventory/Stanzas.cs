namespace Slipway.Build.Inventory;

/// <summary>Texts of records between empty lines, each a field a line: dpkg's, apk's, and the heads of Python's metadata.</summary>
internal static class Stanzas
{
    /// <summary>The records: fields by name, the first of a name; lines that begin with a blank go on the one before and are left out.</summary>
    public static IEnumerable<Dictionary<string, string>> Read(string text)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        using StringReader lines = new(text);
        while (lines.ReadLine() is { } line)
        {
            if (line.Trim().Length == 0)
            {
                if (fields.Count > 0)
                {
                    yield return fields;
                    fields = new(StringComparer.Ordinal);
                }

                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && !char.IsWhiteSpace(line[0]))
            {
                fields.TryAdd(line[..colon], line[(colon + 1)..].Trim());
            }
        }

        if (fields.Count > 0)
        {
            yield return fields;
        }
    }
}
