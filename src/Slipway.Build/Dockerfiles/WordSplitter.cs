using System.Text;

namespace Slipway.Build.Dockerfiles;

/// <summary>Splits a line at blanks that are neither quoted nor escaped. The quotes and escapes stay in the words.</summary>
internal static class WordSplitter
{
    /// <exception cref="DockerfileSyntaxException">A quote has no end.</exception>
    public static IReadOnlyList<string> Split(string text, char escape)
    {
        List<string> words = [];
        StringBuilder word = new();
        char quote = '\0';
        for (int index = 0; index < text.Length; index++)
        {
            char current = text[index];
            if (current == escape && quote != '\'' && index + 1 < text.Length)
            {
                word.Append(current).Append(text[++index]);
                continue;
            }

            if (quote != '\0')
            {
                quote = current == quote ? '\0' : quote;
            }
            else if (current is '\'' or '"')
            {
                quote = current;
            }
            else if (char.IsWhiteSpace(current))
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }

                continue;
            }

            word.Append(current);
        }

        if (quote != '\0')
        {
            throw new DockerfileSyntaxException($"a {(quote == '"' ? "double" : "single")} quote has no end", "close it, or escape it");
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
