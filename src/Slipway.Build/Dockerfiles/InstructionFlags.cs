using System.Text;

namespace Slipway.Build.Dockerfiles;

/// <summary>The <c>--name=value</c> words between an instruction and its arguments.</summary>
internal sealed class InstructionFlags
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly string _keyword;

    private InstructionFlags(string keyword) => _keyword = keyword;

    /// <summary>Takes the flags off the front of <paramref name="rest"/>.</summary>
    /// <param name="known">Those that are supported.</param>
    /// <param name="later">Those that Dockerfiles have and that are not supported yet.</param>
    public static InstructionFlags Take(string keyword, ref string rest, char escape, ReadOnlySpan<string> known, ReadOnlySpan<string> later)
    {
        InstructionFlags flags = new(keyword);
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            string flag = TakeWord(ref rest, escape);
            if (flag == "--")
            {
                break;
            }

            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? flag : flag[..equals];
            if (later.Contains(name))
            {
                throw new DockerfileSyntaxException($"{keyword} {name} is not supported yet", "docs/dockerfile.md lists what is");
            }

            if (!known.Contains(name))
            {
                string? near = NearestWord.Of(name, known);
                throw new DockerfileSyntaxException($"{keyword} has no flag '{name}'", near is null ? null : $"did you mean {near}?");
            }

            if (!flags._values.TryAdd(name, equals < 0 ? "" : flag[(equals + 1)..]))
            {
                throw new DockerfileSyntaxException($"{keyword} {name} is given twice");
            }
        }

        return flags;
    }

    /// <summary>A flag's value, or null where it is not given.</summary>
    public string? Find(string name) => !_values.TryGetValue(name, out string? value) ? null
        : value.Length > 0 ? value
        : throw new DockerfileSyntaxException($"{_keyword} {name} lacks a value", $"write {name}=value");

    private static string TakeWord(ref string rest, char escape)
    {
        StringBuilder word = new();
        char quote = '\0';
        int at = 0;
        for (; at < rest.Length && (quote != '\0' || !char.IsWhiteSpace(rest[at])); at++)
        {
            char current = rest[at];
            if (current == escape && at + 1 < rest.Length)
            {
                word.Append(rest[++at]);
            }
            else if (quote == '\0' && current is '\'' or '"')
            {
                quote = current;
            }
            else if (current == quote && quote != '\0')
            {
                quote = '\0';
            }
            else
            {
                word.Append(current);
            }
        }

        rest = rest[at..].TrimStart();
        return word.ToString();
    }
}
