namespace Slipway.Cli.Output;

/// <summary>Names and values under one another, for inspecting one thing.</summary>
internal sealed class Facts
{
    private readonly List<(string Name, string Value)> all = [];

    /// <summary>An unset value is left out.</summary>
    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            all.Add((name, TextLayout.Printable(value)));
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
