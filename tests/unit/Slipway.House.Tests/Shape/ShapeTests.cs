using System.Text.RegularExpressions;

namespace Slipway.House.Shape;

/// <summary>The sources read as the house wants them: short files, said promises, folders named after features.</summary>
public sealed partial class ShapeTests
{
    private const int MostLines = 400;

    private static readonly string[] EmptyNames = ["Services", "Service", "Helpers", "Helper", "Managers", "Manager", "Utils", "Util", "Utilities", "Common", "Misc"];

    [Fact]
    public void No_file_is_longer_than_a_person_reads_in_one_go()
    {
        string[] files = [.. Repository.Files("src", "*.cs"), .. Repository.Files("tests", "*.cs"), .. Repository.Files("scripts", "*.sh"), .. Repository.Files("bench", "*")];

        string[] long_ = [.. files.Select(path => (Path: path, Lines: Repository.Read(path).Count(c => c == '\n')))
            .Where(file => file.Lines > MostLines)
            .Select(file => $"{file.Path}: {file.Lines} lines")];

        Assert.True(files.Length > 100 && long_.Length == 0, $"files over {MostLines} lines:\n  {string.Join("\n  ", long_)}");
    }

    [Fact]
    public void Every_public_type_says_what_it_is()
    {
        SourceFile[] files = [.. Repository.Sources("src")];
        HashSet<string> said = [.. files.SelectMany(file => PublicTypes(file).Where(type => type.Said).Select(type => $"{file.Room}/{type.Name}"))];

        // Of a partial type one part is enough, and the cases of a union may lean on the type that opens their file.
        string[] silent = [.. files.SelectMany(file => PublicTypes(file)
            .Take(1)
            .Where(type => !said.Contains($"{file.Room}/{type.Name}"))
            .Select(type => $"{file.Path}:{type.Line} {type.Name}"))];

        Assert.True(said.Count > 10 && silent.Length == 0, $"public types without a docstring:\n  {string.Join("\n  ", silent)}");
    }

    [Fact]
    public void No_folder_is_named_after_nothing()
    {
        string[] empty = [.. Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs"))
            .SelectMany(path => path.Split('/').SkipLast(1))
            .Distinct()
            .Where(EmptyNames.Contains)];

        Assert.True(empty.Length == 0, $"a folder is named after a feature, not {string.Join(", ", empty)}");
    }

    [Fact]
    public void No_source_leaves_work_for_later()
    {
        // The words are put together here, so that this file does not find itself.
        string[] words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X"];
        string[] files = [.. Repository.Files("src", "*.cs"), .. Repository.Files("tests", "*.cs"), .. Repository.Files("scripts", "*"),
            .. Repository.Files("examples", "*.py"), .. Repository.Files("bench", "*.py")];

        string[] found = [.. files.SelectMany(path => Repository.Read(path).Split('\n')
            .Select((line, number) => (line, number))
            .Where(at => words.Any(word => Regex.IsMatch(at.line, $@"\b{word}\b")))
            .Select(at => $"{path}:{at.number + 1}"))];

        Assert.True(found.Length == 0, $"unfinished work belongs in an issue:\n  {string.Join("\n  ", found)}");
    }

    [Fact]
    public void No_file_names_a_place_on_the_machine_it_was_written_on()
    {
        Regex places = new("/" + "work/(main|wt|shared)\\b|/" + "root/\\.(nuget|pyenv)");
        string[] files = [.. Repository.Files(".", "*.cs"), .. Repository.Files(".", "*.md"), .. Repository.Files(".", "*.sh"), .. Repository.Files(".", "*.py"),
            .. Repository.Files(".", "*.json"), .. Repository.Files(".", "*.yaml"), .. Repository.Files(".", "*.csproj"), "Makefile"];

        string[] found = [.. files.Where(path => places.IsMatch(Repository.Read(path)))];

        Assert.True(found.Length == 0, $"files that name a path of one machine:\n  {string.Join("\n  ", found)}");
    }

    private static IEnumerable<(string Name, int Line, bool Said)> PublicTypes(SourceFile file)
    {
        string[] lines = file.Text.Split('\n');
        foreach (Match match in PublicType().Matches(file.Code))
        {
            int line = file.LineOf(match.Index);
            int above = line - 2;
            while (above >= 0 && IsAttribute(lines[above].Trim()))
            {
                above--;
            }

            yield return (match.Groups[1].Value, line, above >= 0 && lines[above].TrimStart().StartsWith("///", StringComparison.Ordinal));
        }
    }

    // A line of an attribute, which may take several: neither a comment, nor empty, nor the end of something else.
    private static bool IsAttribute(string line) => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal) && line[^1] is not (';' or '}' or '{');

    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|readonly|partial|unsafe|ref) )*(?:class|record struct|record|struct|interface|enum|delegate [\w<>?\[\]]+) ([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
