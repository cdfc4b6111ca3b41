using System.Collections.Immutable;
using System.Text;

namespace Slipway.Build.Dockerfiles;

/// <summary>
/// Turns physical lines into logical ones: parser directives at the top, comments (also within a continued instruction), continuations by the
/// escape character, here-documents of RUN, COPY and ADD.
/// </summary>
internal sealed class LineScanner(ImmutableArray<string> lines, List<Diagnostic> faults)
{
    private int _next;

    /// <summary>The character that continues a line and quotes the next character: <c>\</c>, or <c>`</c> by directive.</summary>
    public char Escape { get; private set; } = '\\';

    public IEnumerable<LogicalLine> Scan()
    {
        ReadDirectives();
        while (_next < lines.Length)
        {
            if (ReadLogicalLine() is { } line)
            {
                yield return line;
            }
        }
    }

    // "# name=value" lines before anything else; the first line that is none, or has an unknown name, ends them.
    private void ReadDirectives()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (_next < lines.Length && lines[_next].TrimStart() is ['#', .. var comment] && comment.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
        {
            string name = comment[..equals].Trim().ToLowerInvariant();
            string value = comment[(equals + 1)..].Trim();
            if (name is not ("syntax" or "escape" or "check"))
            {
                return;
            }

            SourceSpan span = new(_next + 1, _next + 1);
            if (!seen.Add(name))
            {
                faults.Add(new(span, $"the directive '{name}' stands twice"));
            }

            if (name == "escape")
            {
                if (value is "\\" or "`")
                {
                    Escape = value[0];
                }
                else
                {
                    faults.Add(new(span, $"'{value}' cannot be the escape character", "it is \\ or `"));
                }
            }

            _next++;
        }
    }

    private LogicalLine? ReadLogicalLine()
    {
        int start = _next;
        string first = lines[_next++].TrimStart();
        if (first.Length == 0 || first[0] == '#')
        {
            return null;
        }

        StringBuilder text = new();
        bool continues = Append(text, first);
        while (continues && _next < lines.Length)
        {
            string line = lines[_next++];
            string trimmed = line.TrimStart();
            if (trimmed.Length > 0 && trimmed[0] != '#')
            {
                continues = Append(text, line);
            }
        }

        string joined = text.ToString().Trim();
        if (joined.Length == 0)
        {
            return null;
        }

        ImmutableArray<Heredoc> heredocs = ReadHeredocs(joined, start);
        return new(new(start + 1, _next), joined, heredocs);
    }

    // The escape character continues a line where only blanks follow it and it is not itself escaped.
    private bool Append(StringBuilder text, string line)
    {
        string trimmed = line.TrimEnd(' ', '\t', '\r');
        bool continues = trimmed.Length > 0 && trimmed[^1] == Escape && (trimmed.Length == 1 || trimmed[^2] != Escape);
        text.Append(continues ? trimmed[..^1] : line.TrimEnd('\r'));
        return continues;
    }

    private ImmutableArray<Heredoc> ReadHeredocs(string text, int start)
    {
        if (!text.Contains("<<", StringComparison.Ordinal))
        {
            return [];
        }

        string[] words = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        string keyword = words.Length > 1 && string.Equals(words[0], "ONBUILD", StringComparison.OrdinalIgnoreCase) ? words[1] : words[0];
        if (keyword.ToUpperInvariant() is not ("RUN" or "COPY" or "ADD"))
        {
            return [];
        }

        ImmutableArray<Heredoc>.Builder heredocs = ImmutableArray.CreateBuilder<Heredoc>();
        foreach (HeredocMark mark in HeredocMark.FindAll(text, Escape))
        {
            StringBuilder content = new();
            bool ended = false;
            while (!ended && _next < lines.Length)
            {
                string line = lines[_next++].TrimEnd('\r');
                ended = (mark.Chomp ? line.TrimStart('\t') : line) == mark.Name;
                if (!ended)
                {
                    content.Append(line).Append('\n');
                }
            }

            if (!ended)
            {
                faults.Add(new(new(start + 1, start + 1), $"the here-document '{mark.Name}' has no end", $"end it by a line that is just {mark.Name}"));
            }

            heredocs.Add(new(mark.Name, content.ToString(), mark.Expand, mark.Chomp));
        }

        return heredocs.ToImmutable();
    }
}
