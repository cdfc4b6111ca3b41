using System.Text;

namespace Slipway.Build.Dockerfiles;

/// <summary>Replaces variables in the text of a here-document, where quotes are ordinary characters.</summary>
internal sealed class HeredocExpander(char escape)
{
    /// <exception cref="DockerfileSyntaxException">A brace has no end.</exception>
    public string Expand(string text, Func<string, string?> lookup)
    {
        // Inside double quotes everything but $, the escape and the quote is text: so the quotes are escaped and the whole is quoted.
        StringBuilder quoted = new("\"");
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] == escape && index + 1 < text.Length && text[index + 1] is var next && (next == '$' || next == escape))
            {
                quoted.Append(escape).Append(next);
                index++;
            }
            else if (text[index] == '"')
            {
                quoted.Append(escape).Append('"');
            }
            else if (text[index] == escape && (index + 1 == text.Length || text[index + 1] == '"'))
            {
                quoted.Append(escape).Append(escape);
            }
            else
            {
                quoted.Append(text[index]);
            }
        }

        return new WordExpander(escape).ExpandWord(quoted.Append('"').ToString(), lookup);
    }
}
