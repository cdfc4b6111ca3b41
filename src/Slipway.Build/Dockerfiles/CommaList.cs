using System.Text;

namespace Slipway.Build.Dockerfiles;

/// <summary>Splits text at commas as CSV has it: a field that begins with a double quote ends at the next one, and two of them are one.</summary>
internal static class CommaList
{
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int index = 0; index < text.Length; index++)
        {
            char current = text[index];
            if (current == '"' && quoted && index + 1 < text.Length && text[index + 1] == '"')
            {
                field.Append('"');
                index++;
            }
            else if (current == '"' && (quoted || field.Length == 0))
            {
                quoted = !quoted;
            }
            else if (current == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(current);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
