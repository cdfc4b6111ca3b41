namespace Slipway.Build.Inventory;

/// <summary>Which distribution an image's files are of (freedesktop.org, os-release).</summary>
/// <param name="Id">In lower case: <c>debian</c>; null where the image does not say.</param>
/// <param name="Version">Null for one that has no versions.</param>
internal sealed record ImageSystem(string? Id, string? Version, string? Name)
{
    private static readonly string[] Files = ["etc/os-release", "usr/lib/os-release"];

    public static ImageSystem Read(ImageTree image) => Parse(Files.Select(image.ReadText).FirstOrDefault(text => text is not null) ?? "");

    internal static ImageSystem Parse(string text)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#')
            {
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim().Trim('"', '\'');
            }
        }

        return new(Known(values, "ID"), Known(values, "VERSION_ID"), Known(values, "PRETTY_NAME"));
    }

    private static string? Known(Dictionary<string, string> values, string name) => values.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;
}
