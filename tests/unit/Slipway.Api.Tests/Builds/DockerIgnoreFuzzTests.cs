using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Api.Tests.Builds;

/// <summary>Random ignore files against docker's own way: each line becomes a regular expression, and the last that matches a path or a folder above it decides.</summary>
public sealed class DockerIgnoreFuzzTests
{
    private static readonly string[] Pieces = ["a", "b", "ab", "*", "**", "?", "/", "/", ".", "..", "!", " ", "+", "(", "$", "#", "\\*", "é"];
    private static readonly string[] Names = ["a", "b", "ab", "ba", ".a", "a.b", "+", "(", "$", "#", "*", "é"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lines_mean_what_they_mean_to_docker(int seed)
    {
        Random random = new(seed);
        int ignored = 0;
        for (int round = 0; round < 10_000; round++)
        {
            string[] lines = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => string.Concat(Enumerable.Range(0, 1 + random.Next(6)).Select(_ => Pieces[random.Next(Pieces.Length)])))];
            string path = string.Join('/', Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Names[random.Next(Names.Length)]));
            string text = string.Join('\n', lines);
            if (lines.Any(line => !line.StartsWith('#') && line.Trim() == "!"))
            {
                Assert.Throws<FormatException>(() => DockerIgnore.Parse(text, "f"));
                continue;
            }

            bool expected = Oracle(lines, path);
            Assert.True(expected == DockerIgnore.Parse(text, "f").Ignores(path), $"{path} is {(expected ? "" : "not ")}ignored by:\n{text}");
            ignored += expected ? 1 : 0;
        }

        Assert.InRange(ignored, 500, 9_500);
    }

    [Theory]
    [InlineData(4)]
    public void Any_text_is_read_or_refused_with_its_line(int seed)
    {
        Random random = new(seed);
        string[] hostile = [.. Pieces, "[", "]", "[a-", "[^", "[]", "\\", "\n", "\r\n", "\0", "\uFEFF", "\uFFFD", "\uD800", "-", "{", "}", "|", "^", new string('*', 50)];
        int refused = 0;
        for (int round = 0; round < 10_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => hostile[random.Next(hostile.Length)]));
            try
            {
                DockerIgnore ignore = DockerIgnore.Parse(text, "f");
                _ = ignore.Ignores("a/b/ab") | ignore.MayIncludeBelow("a");
            }
            catch (FormatException fault)
            {
                Assert.Matches("^f:[0-9]+: ", fault.Message);
                refused++;
            }
        }

        Assert.InRange(refused, 1, 9_999);
    }

    private static bool Oracle(string[] lines, string path)
    {
        bool ignored = false;
        foreach (string line in lines.Where(line => !line.StartsWith('#') && line.Trim().Length > 0))
        {
            string rule = line.Trim();
            bool includes = rule[0] == '!';
            Regex regex = new(ToRegex(Clean(includes ? rule[1..].Trim() : rule)), RegexOptions.CultureInvariant | RegexOptions.Singleline);
            string[] parts = path.Split('/');
            if (Enumerable.Range(1, parts.Length).Any(count => regex.IsMatch(string.Join('/', parts[..count]))))
            {
                ignored = !includes;
            }
        }

        return ignored;
    }

    // Go's filepath.Clean, and the leading slash gone.
    private static string Clean(string pattern)
    {
        Stack<string> parts = new();
        foreach (string part in pattern.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part == ".." && parts.TryPeek(out string? last) && last != "..")
            {
                parts.Pop();
            }
            else if (part != ".." || !pattern.StartsWith('/'))
            {
                parts.Push(part);
            }
        }

        return string.Join('/', parts.Reverse());
    }

    private static string ToRegex(string pattern)
    {
        StringBuilder regex = new("\\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '*' && i + 1 < pattern.Length && pattern[i + 1] == '*')
            {
                i += i + 2 < pattern.Length && pattern[i + 2] == '/' ? 2 : 1;
                regex.Append(i == pattern.Length - 1 ? ".*" : "(.*/)?");
            }
            else
            {
                regex.Append(pattern[i] switch
                {
                    '*' => "[^/]*",
                    '?' => "[^/]",
                    '\\' when i + 1 < pattern.Length => Regex.Escape(pattern[++i].ToString()),
                    char c => Regex.Escape(c.ToString()),
                });
            }
        }

        return regex.Append("\\z").ToString();
    }
}
