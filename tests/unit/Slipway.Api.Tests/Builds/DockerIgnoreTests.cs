using FsCheck;
using FsCheck.Fluent;

namespace Slipway.Api.Tests.Builds;

public sealed class DockerIgnoreTests
{
    [Theory]
    [InlineData("foo", "foo", true)]
    [InlineData("foo", "foo/bar", true)]
    [InlineData("foo", "a/foo", false)]
    [InlineData("/foo", "foo", true)]
    [InlineData("foo/", "foo/bar", true)]
    [InlineData("./foo/../bar", "bar", true)]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("*/*.md", "docs/README.md", true)]
    [InlineData("*/*.md", "README.md", false)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("**/*.md", "a/b/README.md", true)]
    [InlineData("**/foo", "foo", true)]
    [InlineData("**/foo", "a/b/foo/c", true)]
    [InlineData("**/foo", "a/bfoo", false)]
    [InlineData("foo/**", "foo", false)]
    [InlineData("foo/**", "foo/a/b", true)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/**/b", "a/xb", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("temp?", "temp1", true)]
    [InlineData("temp?", "temp", false)]
    [InlineData("temp?", "temp/", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("[^a-c]x", "ax", false)]
    [InlineData(@"\*x", "*x", true)]
    [InlineData(@"\*x", "ax", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("a+(b)|{c}$", "a+(b)|{c}$", true)]
    [InlineData("# comment", "# comment", false)]
    [InlineData(" #x", "#x", true)]
    [InlineData("  spaced  ", "spaced", true)]
    [InlineData("", "a", false)]
    [InlineData(".", "a", false)]
    [InlineData(".*", ".git/config", true)]
    [InlineData("*", ".git/config", true)]
    [InlineData("bär*", "bären/x", true)]
    public void One_line(string rule, string path, bool ignored) => Assert.Equal(ignored, DockerIgnore.Parse(rule, "f").Ignores(path));

    [Theory]
    [InlineData("*\n!keep", "keep", false)]
    [InlineData("*\n!keep", "keep/a/b", false)]
    [InlineData("*\n!keep", "other", true)]
    [InlineData("docs\n!docs/README.md", "docs/README.md", false)]
    [InlineData("docs\n!docs/README.md", "docs/x", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false)]
    [InlineData("**\n!**/*.py", "a/b.py", false)]
    [InlineData("**\n!**/*.py", "a/b.txt", true)]
    [InlineData("*\n! spaced ", "spaced", false)]
    [InlineData("\uFEFFfoo\r\nbar\r\n", "foo", true)]
    [InlineData("foo\r\nbar\r\n", "bar", true)]
    public void Several_lines(string rules, string path, bool ignored) => Assert.Equal(ignored, DockerIgnore.Parse(rules, "f").Ignores(path));

    [Theory]
    [InlineData("node_modules", "node_modules", false)]
    [InlineData("*\n!src/app", "src", true)]
    [InlineData("*\n!src/app", "lib", false)]
    [InlineData("*\n!**/*.py", "lib", true)]
    [InlineData("*\n!src/*/x", "src/a", true)]
    public void A_folder_is_walked_only_where_something_below_may_be_taken_in(string rules, string folder, bool walked) =>
        Assert.Equal(walked, DockerIgnore.Parse(rules, "f").MayIncludeBelow(folder));

    [Theory]
    [InlineData("a\n!\n", "f:2: '!' alone")]
    [InlineData("a\nb\n[x", "f:3: '[' has no")]
    public void A_line_that_means_nothing_is_named(string rules, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => DockerIgnore.Parse(rules, "f")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_taken_in_again_is_always_reachable()
    {
        // If a path is sent, every ignored folder above it must have been walked.
        Gen<string> name = Gen.Elements("a", "b", "ab", "*", "**", "a*");
        Gen<string> pattern = name.NonEmptyListOf().Select(parts => string.Join('/', parts.Take(3)));
        Gen<string> line = Gen.Elements("", "!").SelectMany(sign => pattern.Select(text => sign + text));
        Gen<string> path = Gen.Elements("a", "b", "ab", "ba").NonEmptyListOf().Select(parts => string.Join('/', parts.Take(4)));
        Prop.ForAll(line.NonEmptyListOf().SelectMany(lines => path.Select(where => (lines, where))).ToArbitrary(), sample =>
        {
            DockerIgnore ignore = DockerIgnore.Parse(string.Join('\n', sample.lines), "f");
            if (ignore.Ignores(sample.where))
            {
                return true;
            }

            for (int slash = sample.where.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = sample.where.IndexOf('/', slash + 1))
            {
                string folder = sample.where[..slash];
                if (ignore.Ignores(folder) && !ignore.MayIncludeBelow(folder))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_no_longer_than_its_length_asks()
    {
        string pattern = string.Concat(Enumerable.Repeat("a*", 200)) + "b";
        Assert.False(DockerIgnore.Parse(pattern, "f").Ignores(new string('a', 2_000)));
    }
}
