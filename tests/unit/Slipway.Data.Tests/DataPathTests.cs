using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;

namespace Slipway.Data.Tests;

public sealed class DataPathTests
{
    [Theory]
    [InlineData("/", 0, "", "/")]
    [InlineData("/a", 1, "a", "/")]
    [InlineData("/a/b", 2, "b", "/a")]
    [InlineData("/a/b/", 2, "b", "/a")]
    [InlineData("/日本/…/é/e\u0301", 4, "e\u0301", "/日本/…/é")]
    [InlineData("/.hidden/..three dots", 2, "..three dots", "/.hidden")]
    public void Reads_a_path(string text, int parts, string name, string parent)
    {
        DataPath path = DataPath.Parse(text);
        Assert.Equal((parts, name, parent), (path.Parts.Count, path.Name, path.Parent.ToString()));
        Assert.Equal(path, DataPath.Parse(path.ToString()));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a", "does not begin with '/'")]
    [InlineData("//a", "empty part")]
    [InlineData("/a//b", "empty part")]
    [InlineData("/a/./b", "'.'")]
    [InlineData("/..", "'..'")]
    [InlineData("/a\0b", "NUL")]
    public void Refuses_what_is_no_path_and_says_why(string text, string why)
    {
        SlipwayException error = Assert.Throws<SlipwayException>(() => DataPath.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(DataPath.TryParse(text, out _));
    }

    [Fact]
    public void Refuses_half_a_surrogate_pair() =>
        Assert.Contains("surrogate", Assert.Throws<SlipwayException>(() => DataPath.Parse("/" + (char)0xD800)).Message, StringComparison.Ordinal);

    [Fact]
    public void Takes_4096_bytes_and_no_more()
    {
        Assert.True(DataPath.TryParse("/" + new string('a', 4095), out _));
        Assert.False(DataPath.TryParse("/" + new string('a', 4096), out _));
        Assert.False(DataPath.TryParse("/" + new string('é', 2048), out _));
        Assert.Throws<SlipwayException>(() => DataPath.Parse("/" + new string('a', 4090)).Append("bcdef"));
        Assert.Equal(4096, DataPath.Parse("/" + new string('a', 4090)).Append("bcde").ToString().Length);
    }

    [Fact]
    public void Order_is_that_of_the_parts_in_utf8()
    {
        var names = Gen.Elements("a", "b", "a.txt", "\uFFFD", "\uE000", "😀", "é", "a/b", "a!", "a0");
        Prop.ForAll(names.Two().ToArbitrary(), pair =>
        {
            (string x, string y) = (pair.Item1, pair.Item2);
            int expected = Parts(x).CompareTo(Parts(y), StringComparison.Ordinal);
            return Math.Sign(expected) == Math.Sign(DataPath.Parse("/" + x).CompareTo(DataPath.Parse("/" + y)));
        }).QuickCheckThrowOnFailure();

        // The UTF-8 bytes as hex, with the slash as the lowest.
        static HexText Parts(string text) => new(Convert.ToHexString(Encoding.UTF8.GetBytes(text.Replace('/', '\u0001'))));
    }

    [Fact]
    public void Within_looks_at_whole_parts()
    {
        Assert.True(DataPath.Parse("/a/b").IsWithin(DataPath.Parse("/a")));
        Assert.True(DataPath.Parse("/a").IsWithin(DataPath.Root));
        Assert.False(DataPath.Parse("/ab").IsWithin(DataPath.Parse("/a")));
        Assert.False(DataPath.Root.IsWithin(DataPath.Parse("/a")));
    }

    [Fact]
    public void Stands_in_json_as_its_text()
    {
        DataPath path = DataPath.Parse("/a/\"b");
        string json = JsonSerializer.Serialize(path, TestJson.Default.DataPath);
        Assert.Equal(path, JsonSerializer.Deserialize(json, TestJson.Default.DataPath));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("\"a\"", TestJson.Default.DataPath));
    }

    private sealed record HexText(string Text)
    {
        public int CompareTo(HexText other, StringComparison comparison) => string.Compare(Text, other.Text, comparison);
    }
}
