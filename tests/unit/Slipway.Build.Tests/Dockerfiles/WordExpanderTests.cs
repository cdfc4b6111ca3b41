using FsCheck;
using FsCheck.Fluent;

namespace Slipway.Build.Dockerfiles;

/// <summary>Variables, quotes and escapes, with <c>x=foo</c>, <c>empty=</c>, <c>path=a/b/c.tar.gz</c>, <c>list=a b</c>.</summary>
public sealed class WordExpanderTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["x"] = "foo", ["empty"] = "", ["path"] = "a/b/c.tar.gz", ["list"] = "a b" };

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("he'll'o", "hello")]
    [InlineData("he'll$x'o", "hell$xo")]
    [InlineData("\"a b\"c", "a bc")]
    [InlineData("\"$x\"", "foo")]
    [InlineData("\"\\$x\"", "$x")]
    [InlineData("\"a\\nb\"", "a\\nb")]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("a\\ b", "a b")]
    [InlineData("\\$x", "$x")]
    [InlineData("\\\\$x", "\\foo")]
    [InlineData("$x", "foo")]
    [InlineData("${x}bar", "foobar")]
    [InlineData("$xbar", "")]
    [InlineData("$none", "")]
    [InlineData("$", "$")]
    [InlineData("a$", "a$")]
    [InlineData("$1a", "a")]
    [InlineData("${x:-y}", "foo")]
    [InlineData("${none:-y}", "y")]
    [InlineData("${empty:-y}", "y")]
    [InlineData("${empty-y}", "")]
    [InlineData("${none-y}", "y")]
    [InlineData("${none:-$x}", "foo")]
    [InlineData("${none:-${none2:-\"a b\"}}", "a b")]
    [InlineData("${x:+y}", "y")]
    [InlineData("${empty:+y}", "")]
    [InlineData("${empty+y}", "y")]
    [InlineData("${none:+y}", "")]
    [InlineData("${x:?m}", "foo")]
    [InlineData("${path#*/}", "b/c.tar.gz")]
    [InlineData("${path##*/}", "c.tar.gz")]
    [InlineData("${path%.*}", "a/b/c.tar")]
    [InlineData("${path%%.*}", "a/b/c")]
    [InlineData("${path%.zip}", "a/b/c.tar.gz")]
    [InlineData("${path/b/X}", "a/X/c.tar.gz")]
    [InlineData("${path//a/X}", "X/b/c.tXr.gz")]
    [InlineData("${x/o/}", "fo")]
    [InlineData("${x/?/A}", "Aoo")]
    [InlineData("$list", "a b")]
    public void A_word_is_replaced(string word, string expected) => Assert.Equal(expected, new WordExpander('\\').ExpandWord(word, Find));

    [Theory]
    [InlineData("${x")]
    [InlineData("${}")]
    [InlineData("${x:y}")]
    [InlineData("${x^}")]
    [InlineData("'a")]
    [InlineData("\"a")]
    [InlineData("${none:?it is needed}")]
    [InlineData("${x:-")]
    public void A_wrong_word_is_a_fault(string word) => Assert.Throws<DockerfileSyntaxException>(() => new WordExpander('\\').ExpandWord(word, Find));

    [Theory]
    [InlineData("$list c", new[] { "a", "b", "c" })]
    [InlineData("\"$list\" ''", new[] { "a b", "" })]
    [InlineData("  ", new string[0])]
    public void Words_of_a_variable_are_several(string text, string[] expected) => Assert.Equal(expected, new WordExpander('\\').ExpandWords(text, Find));

    [Fact]
    public void The_escape_character_can_be_another() => Assert.Equal("$x\\foo", new WordExpander('`').ExpandWord("`$x\\$x", Find));

    [Fact]
    public void Depth_has_a_bound()
    {
        string deep = string.Concat(Enumerable.Repeat("${a:-", 100_000));

        Assert.Throws<DockerfileSyntaxException>(() => new WordExpander('\\').ExpandWord(deep, Find));
    }

    [Fact]
    public void Any_word_is_replaced_or_a_fault() => Prop.ForAll(
        Arb.From(Gen.ArrayOf(Gen.Elements("$", "{", "}", "x", ":", "-", "+", "?", "#", "%", "/", "\\", "'", "\"", " ", "é", "*", "empty", "1")).Select(string.Concat)),
        text =>
        {
            Exception? thrown = Record.Exception(() => new WordExpander('\\').ExpandWord(text, Find));
            Exception? inDocument = Record.Exception(() => new HeredocExpander('\\').Expand(text, Find));
            return thrown is null or DockerfileSyntaxException && inDocument is null or DockerfileSyntaxException;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("a \"$x\" 'b $x' \\$x\n", "a \"foo\" 'b foo' $x\n")]
    [InlineData("it's \\n \\\\ \\\"", "it's \\n \\ \\\"")]
    [InlineData("end\\", "end\\")]
    public void In_a_here_document_quotes_are_text(string text, string expected) => Assert.Equal(expected, new HeredocExpander('\\').Expand(text, Find));

    private static string? Find(string name) => Variables.GetValueOrDefault(name);
}
