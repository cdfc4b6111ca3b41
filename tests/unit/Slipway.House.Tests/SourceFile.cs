namespace Slipway.House;

/// <summary>One C# source: its path from the root, its text, and its code with comments and literals blanked out.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private string? _code;

    /// <summary>The text with every comment and the inside of every literal replaced by spaces; lines stay where they are.</summary>
    public string Code => _code ??= CodeText.Of(Text);

    /// <summary>The room (the project folder) below <c>src</c>, or null for a test.</summary>
    public string? Room => Path.StartsWith("src/", StringComparison.Ordinal) ? Path.Split('/')[1] : null;

    /// <summary>The number, from one, of the line in which a position of the text lies.</summary>
    public int LineOf(int position) => Text.AsSpan(0, position).Count('\n') + 1;

    /// <summary>Reads a source that is named relative to the root.</summary>
    public static SourceFile Read(string path) => new(path, Repository.Read(path));
}
