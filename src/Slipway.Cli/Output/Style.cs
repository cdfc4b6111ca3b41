namespace Slipway.Cli.Output;

/// <summary>Colours, where they are wanted; elsewhere the text as it is.</summary>
internal sealed class Style(bool enabled)
{
    public static Style None { get; } = new(false);

    public bool Enabled => enabled;

    public string Bold(string text) => Paint(text, "1");

    public string Dim(string text) => Paint(text, "2");

    public string Red(string text) => Paint(text, "31");

    public string Green(string text) => Paint(text, "32");

    public string Yellow(string text) => Paint(text, "33");

    public string Cyan(string text) => Paint(text, "36");

    private string Paint(string text, string code) => enabled ? $"\e[{code}m{text}\e[0m" : text;
}
