using Slipway.Content;

namespace Slipway.Build.Contexts;

/// <summary>What a COPY reads, over real folders: content, names and modes count; times do not, and no symlink leads out.</summary>
public sealed class TreeHasherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-context-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Times_do_not_count_and_all_else_does()
    {
        Write("d/a", "1");
        Write("d/b", "2");
        Digest before = Hash("d");

        File.SetLastWriteTimeUtc(Path.Combine(_folder, "d/a"), DateTime.UnixEpoch);
        Assert.Equal(before, Hash("d"));

        File.SetUnixFileMode(Path.Combine(_folder, "d/a"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Digest executable = Hash("d");
        Assert.NotEqual(before, executable);

        Write("d/b", "3");
        Digest changed = Hash("d");
        Assert.NotEqual(executable, changed);

        File.Move(Path.Combine(_folder, "d/b"), Path.Combine(_folder, "d/c"));
        Assert.NotEqual(changed, Hash("d"));
    }

    [Fact]
    public void A_symlink_inside_counts_by_its_text_and_a_named_one_is_followed()
    {
        Write("real", "1");
        Directory.CreateDirectory(Path.Combine(_folder, "d"));
        File.CreateSymbolicLink(Path.Combine(_folder, "d/link"), "../real");
        File.CreateSymbolicLink(Path.Combine(_folder, "named"), "real");
        Digest inside = Hash("d");

        Assert.Equal(Hash("real"), Hash("named"));
        Write("real", "2");
        Assert.Equal(inside, Hash("d"));
    }

    [Fact]
    public void A_symlink_never_leads_out_of_the_context()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "up"), "../../../../etc/hostname");
        File.CreateSymbolicLink(Path.Combine(_folder, "absolute"), "/etc/hostname");
        File.CreateSymbolicLink(Path.Combine(_folder, "root"), "/");
        Write("etc/hostname", "mine");
        using SourceTree tree = SourceTree.Open(_folder);

        Assert.Equal(4, tree.Find("up")!.Status.Size);
        Assert.Equal(4, tree.Find("absolute")!.Status.Size);
        Assert.Equal(4, tree.Find("root/etc/hostname")!.Status.Size);
        Assert.Null(tree.Find("absolute/x"));
    }

    [Fact]
    public void Patterns_match_part_by_part_in_byte_order()
    {
        Write("a/1.csv", "");
        Write("a/2.csv", "");
        Write("b/1.csv", "");
        Write("b/x.txt", "");
        using SourceTree tree = SourceTree.Open(_folder);

        Assert.Equal(["a/1.csv", "a/2.csv", "b/1.csv"], tree.Match("*/*.csv").Select(entry => entry.Path));
        Assert.Equal(["a", "b"], tree.Match("/[ab]/").Select(entry => entry.Path));
        Assert.Equal(["."], tree.Match(".").Select(entry => entry.Path));
        Assert.Equal(["a/1.csv"], tree.Match("../b/../a/1.csv").Select(entry => entry.Path));
        Assert.Empty(tree.Match("c*"));
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => tree.Match("a[")).Kind);
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private Digest Hash(string path)
    {
        using SourceTree tree = SourceTree.Open(_folder);
        return new TreeHasher(tree, withOwners: false).HashOf(tree.Find(path)!, CancellationToken.None);
    }
}
