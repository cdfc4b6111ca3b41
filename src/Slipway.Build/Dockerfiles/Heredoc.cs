namespace Slipway.Build.Dockerfiles;

/// <summary>A here-document of a RUN, COPY or ADD.</summary>
/// <param name="Name">The word that ends it, which is also the file's name in a COPY.</param>
/// <param name="Content">Its lines as written, each ended by a line feed.</param>
/// <param name="Expand">Variables are replaced: the word was not quoted.</param>
/// <param name="Chomp">Leading tabs go: it was begun by <c>&lt;&lt;-</c>.</param>
public sealed record Heredoc(string Name, string Content, bool Expand, bool Chomp)
{
    /// <summary>The content with leading tabs removed where <see cref="Chomp"/> says so.</summary>
    public string Text => Chomp ? string.Join('\n', Content.Split('\n').Select(line => line.TrimStart('\t'))) : Content;
}
