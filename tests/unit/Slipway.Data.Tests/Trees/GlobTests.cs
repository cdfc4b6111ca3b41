using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

public sealed class GlobTests
{
    [Theory]
    [InlineData("/", "/", "!/a")]
    [InlineData("/*", "/a /.a /日本", "!/ !/a/b")]
    [InlineData("*", "/a", "!/ !/a/b")]
    [InlineData("/*/", "/a", "!/ !/a/b")]
    [InlineData("/*/*", "/a/b", "!/a !/a/b/c")]
    [InlineData("/a/*.csv", "/a/x.csv /a/.csv", "!/a/x.csv/y !/x.csv")]
    [InlineData("/a?c", "/abc /a😀c /aéc", "!/ac !/a/c !/abbc")]
    [InlineData("/[a-c]x", "/ax /cx", "!/dx !/x")]
    [InlineData("/[!a-c]x", "/dx /😀x", "!/ax !//x")]
    [InlineData("/[]a]", "/] /a", "!/b")]
    [InlineData("/[a-]", "/a /-", "!/b")]
    [InlineData("/[\\]\\\\]", "/] /\\", "!/b")]
    [InlineData("/{a,b*,}c", "/ac /bxxc /c", "!/bx !/b/c")]
    [InlineData("/{a/b,c}/d", "/a/b/d /c/d", "!/a/d")]
    [InlineData("/a/**", "/a/b /a/b/c", "!/a !/b")]
    [InlineData("/**", "/a /a/b", "!/")]
    [InlineData("/**/x", "/x /a/x /a/b/x", "!/ax !/a")]
    [InlineData("/a/**/b/**", "/a/b/c /a/x/b/c/d", "!/a/b !/a/x/c")]
    [InlineData("/a**b", "/ab /a/b /axx/yy/b", "!/a !/b")]
    [InlineData("/?(a|b)c", "/c /ac /bc", "!/abc")]
    [InlineData("/*(ab|c)", "/ab /abcab /c", "!/a !/abx")]
    [InlineData("/+(ab|c)d", "/abd /cccd", "!/d !/ab")]
    [InlineData("/@(a|b)", "/a /b", "!/ab !/c")]
    [InlineData("/!(a|b*)", "/c /ab", "!/a !/b !/bc !/c/d")]
    [InlineData("/x!(.csv)", "/x /x.csvx /xy", "!/x.csv")]
    [InlineData("/a\\*", "/a*", "!/ab")]
    [InlineData("/data (1).csv", "/data (1).csv", "!/data 1.csv")]
    [InlineData("/*(a)*", "/ab /b", "!/a/b")]
    public void Matches_entries(string pattern, string matching, string not)
    {
        Glob glob = Glob.Parse(pattern);
        foreach (string path in pattern.Contains(' ') ? [matching] : matching.Split(' '))
        {
            Assert.True(glob.Matches(DataPath.Parse(path)), $"{pattern} should match {path}");
        }

        foreach (string path in (pattern.Contains(' ') ? [not] : not.Split(' ')).Select(p => p[1..]).Where(p => DataPath.TryParse(p, out _)))
        {
            Assert.False(glob.Matches(DataPath.Parse(path)), $"{pattern} should not match {path}");
        }

        Assert.Equal(glob, Glob.Parse(glob.ToString()));
    }

    [Theory]
    [InlineData("/a[b", "column 3")]
    [InlineData("/{a,b", "column 2")]
    [InlineData("/a@(b|c", "column 4")]
    [InlineData("/a//b", "part is empty")]
    [InlineData("/a/../b", "'..'")]
    [InlineData("/a\\", "backslash")]
    [InlineData("/[z-a]", "backwards")]
    [InlineData("/[a/b]", "no '/'")]
    public void Refuses_what_is_no_glob_and_says_where(string pattern, string why)
    {
        SlipwayException error = Assert.Throws<SlipwayException>(() => Glob.Parse(pattern));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(Glob.TryParse(pattern, out _));
    }

    [Fact]
    public void Groups_are_bounded_in_depth_and_a_hostile_pattern_is_still_quick()
    {
        Assert.False(Glob.TryParse("/" + string.Concat(Enumerable.Repeat("{", 9)) + new string('}', 9), out _));
        Glob glob = Glob.Parse("/" + string.Concat(Enumerable.Repeat("*(*a)", 20)) + "b");
        Assert.False(glob.Matches(DataPath.Parse("/" + new string('a', 200))));
    }

    [Fact]
    public async Task Finds_in_a_tree_what_matches_one_by_one()
    {
        TreeStore trees = Edits.Store();
        Digest tree = await trees.TreeAsync(
            Edits.Put("/a/x.csv"), Edits.Put("/a/y.txt"), Edits.Put("/a/b/x.csv"), Edits.Put("/b/x.csv"), Edits.Put("/c"), Edits.Put("/a.csv"));
        string[] every = ["/", "/a", "/a/b", "/a/b/x.csv", "/a/x.csv", "/a/y.txt", "/a.csv", "/b", "/b/x.csv", "/c"];
        foreach (string pattern in (string[])["/", "/*", "/*/*", "/a/*", "/a", "/*/x.csv", "/**", "/a/**", "/**/x.csv", "/{a,b}/*.csv", "/a**v", "/!(a)", "/a/b/x.csv", "/c/*", "/none/*"])
        {
            Glob glob = Glob.Parse(pattern);
            List<string> found = await trees.GlobAsync(tree, glob, default).Select(e => e.Key.ToString()).ToListAsync();
            Assert.Equal(every.Where(p => glob.Matches(DataPath.Parse(p))).OrderBy(DataPath.Parse), found);
        }

        TreeEntry root = (await trees.GlobAsync(tree, Glob.Parse("/"), default).SingleAsync()).Value;
        Assert.Equal((EntryKind.Directory, tree), (root.Kind, root.Digest));
    }

    [Fact]
    public async Task Reads_only_the_folders_that_literal_segments_name()
    {
        InMemoryBlobStore blobs = new();
        TreeStore trees = new(blobs);
        Digest tree = await trees.TreeAsync([.. Enumerable.Range(0, 300).Select(i => Edits.Put($"/{i}/in/x", $"{i}"))]);
        TreeStore cold = new(blobs);
        int opens = blobs.Opens;
        Assert.Equal("/17/in/x", (await cold.GlobAsync(tree, Glob.Parse("/17/*/x"), default).SingleAsync()).Key.ToString());
        Assert.InRange(blobs.Opens - opens, 1, 6);
    }
}
