using System.Text.RegularExpressions;

namespace Slipway.House.Docs;

/// <summary>The documents tell the truth about what can be checked: types that they name exist, links lead somewhere.</summary>
public sealed partial class DocumentTests
{
    // Names of other people's things that look like one of our types.
    private static readonly HashSet<string> Foreign = ["DisableTransitiveProjectReferences", "PostgreSQL", "BuildKit", "ReadyToRun", "JetBrains", "GitHub", "YamlDotNet", "TimeProvider",
        "SafeHandle", "CancellationToken", "ImmutableArray", "LibraryImport", "JsonSerializer", "FsCheck", "TarFile", "ProcessStartInfo", "HttpClient",
        "NotImplementedException", "DateTime", "DateTimeOffset", "IAsyncEnumerable"];

    [Fact]
    public void Every_type_that_a_document_names_exists()
    {
        HashSet<string> types = [.. Repository.Sources("src").Concat(Repository.Sources("tests"))
            .SelectMany(file => Declaration().Matches(file.Code))
            .Select(match => match.Groups[1].Value)];
        Assert.Contains("Digest", types);

        // A decision is dated and never edited later, so the names in it are those of its day.
        string[] stale = [.. MarkdownFile.All()
            .Where(file => !file.Path.StartsWith("docs/decisions/", StringComparison.Ordinal) && file.Path != "CHANGELOG.md")
            .SelectMany(file => file.CodeSpans.SelectMany(TypesIn).Where(name => !types.Contains(name) && !Foreign.Contains(name))
                .Select(name => $"{file.Path}: {name}"))];

        Assert.True(stale.Length == 0, $"documents name types that are not in the sources:\n  {string.Join("\n  ", stale)}");
    }

    [Fact]
    public void Every_link_between_documents_leads_somewhere()
    {
        MarkdownFile[] files = [.. MarkdownFile.All()];
        Assert.Contains(files, file => file.Path == "README.md");

        string[] broken = [.. files.SelectMany(file => file.Links.Where(link => !Resolves(file, link)).Select(link => $"{file.Path}: {link}"))];

        Assert.True(broken.Length == 0, $"links that lead nowhere:\n  {string.Join("\n  ", broken)}");
    }

    [Theory]
    [InlineData("TreeStore", new[] { "TreeStore" })]
    [InlineData("TreeStore.ApplyAsync", new[] { "TreeStore" })]
    [InlineData("IBlobStore", new[] { "IBlobStore" })]
    [InlineData("Table<TRecord>", new string[0])]
    [InlineData("FROM", new string[0])]
    [InlineData("make test", new string[0])]
    [InlineData("docs/ReadMe.md", new string[0])]
    public void A_name_of_two_humps_alone_in_code_is_taken_for_a_type(string span, string[] expected) => Assert.Equal(expected, TypesIn(span));

    // `TreeStore` and `TreeStore.ApplyAsync` name the type TreeStore; a command, a path or a word in capitals names none.
    private static IEnumerable<string> TypesIn(string span)
    {
        Match match = TypeName().Match(span);
        return match.Success ? [match.Groups[1].Value] : [];
    }

    private static bool Resolves(MarkdownFile file, string link)
    {
        if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return true;
        }

        string[] parts = link.Split('#', 2);
        string folder = Path.GetDirectoryName(file.Path) ?? string.Empty;
        string target = parts[0].Length == 0 ? file.Path : Path.GetRelativePath(".", Path.Combine(folder, parts[0]));
        string full = Path.Combine(Repository.Root, target);
        if (!File.Exists(full) && !Directory.Exists(full))
        {
            return false;
        }

        return parts.Length == 1 || !target.EndsWith(".md", StringComparison.Ordinal) ||
            new MarkdownFile(target, Repository.Read(target)).Anchors.Contains(parts[1]);
    }

    [GeneratedRegex(@"^(I?[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+)(\.[A-Z]\w*)*(\(\))?$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record|delegate\s+[\w<>?]+)\s+([A-Z]\w*)")]
    private static partial Regex Declaration();
}
