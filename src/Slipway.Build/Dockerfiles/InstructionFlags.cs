using System.Collections.Immutable;
using System.Text;

namespace Slipway.Build.Dockerfiles;

/// <summary>The <c>--name=value</c> words between an instruction and its arguments.</summary>
internal sealed class InstructionFlags
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly string _keyword;

    private InstructionFlags(string keyword) => _keyword = keyword;

    /// <summary>Takes the flags off the front of <paramref name="rest"/>.</summary>
    /// <param name="known">Those that there are.</param>
    /// <param name="repeatable">Those among them that may stand several times.</param>
    public static InstructionFlags Take(string keyword, ref string rest, char escape, ReadOnlySpan<string> known, ReadOnlySpan<string> repeatable = default)
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
            if (!known.Contains(name))
            {
                string? near = NearestWord.Of(name, known);
                throw new DockerfileSyntaxException($"{keyword} has no flag '{name}'", near is null ? null : $"did you mean {near}?");
            }

            string value = equals < 0 ? "" : flag[(equals + 1)..];
            if (flags._values.TryGetValue(name, out List<string>? values))
            {
                if (!repeatable.Contains(name))
                {
                    throw new DockerfileSyntaxException($"{keyword} {name} is given twice");
                }

                values.Add(value);
            }
            else
            {
                flags._values.Add(name, [value]);
            }
        }

        return flags;
    }

    /// <summary>A flag's value, or null where it is not given.</summary>
    public string? Find(string name) => !_values.TryGetValue(name, out List<string>? values) ? null : Given(name, values[0]);

    /// <summary>All values of a flag, in order.</summary>
    public ImmutableArray<string> FindAll(string name) =>
        _values.TryGetValue(name, out List<string>? values) ? [.. values.Select(value => Given(name, value))] : [];

    /// <summary>Whether a flag without a value, or with <c>=true</c>, is given; null where it is not given at all.</summary>
    public bool? FindSwitch(string name) => !_values.TryGetValue(name, out List<string>? values) ? null : values[0].ToLowerInvariant() switch
    {
        "" or "true" or "1" or "t" => true,
        "false" or "0" or "f" => false,
        var other => throw new DockerfileSyntaxException($"{_keyword} {name}={other} is neither true nor false"),
    };

    private string Given(string name, string value) =>
        value.Length > 0 ? value : throw new DockerfileSyntaxException($"{_keyword} {name} lacks a value", $"write {name}=value");

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
