namespace Slipway.Cli.Output;

/// <summary>Names and values under one another, for inspecting one thing.</summary>
internal sealed class Facts
{
    private readonly List<(string Name, string Value)> all = [];

    /// <summary>An unset value is left out; one of several lines takes as many, under one name.</summary>
    public void Add(string name, string? value)
    {
        foreach (string line in string.IsNullOrEmpty(value) ? [] : TextLayout.PrintableLines(value))
        {
            all.Add((name, line));
            name = "";
        }
    }

    public void Write(TextWriter output)
    {
        int width = all.Count == 0 ? 0 : all.Max(static fact => fact.Name.Length);
        foreach ((string name, string value) in all)
        {
            output.WriteLine($"{name.PadRight(width)}  {value}");
        }
    }
}
