using System.Diagnostics;
using System.Text;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Data;

/// <summary>Names that people really have, through the binary and back.</summary>
public sealed class FileNameTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>, IDisposable
{
    private static readonly string[] Odd =
    [
        " ", "-rf", "a b", "tab\there", "line\nfeed", "*?[x]{y}", "quote'\"", "back\\slash", "ä", "a\u0308", "A", "a", "名前", "🚢", "\u202Eright", "...", ".hidden", "\u0001", "\uFFFC", "con", new('n', 255),
    ];

    private readonly SlipwayBinary _slipway = fixture.Slipway;
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-names-").FullName;

    public void Dispose()
    {
        // The platform cannot name what is not UTF-8, so it cannot remove it either.
        using Process remove = Process.Start("rm", ["-rf", _folder]);
        remove.WaitForExit();
    }

    [Fact]
    public async Task Odd_names_come_back_as_they_were_by_folder_by_tar_and_one_by_one()
    {
        string source = Directory.CreateDirectory(Path.Join(_folder, "in")).FullName;
        foreach (string name in Odd)
        {
            await File.WriteAllTextAsync(Path.Join(source, name), name);
        }

        File.CreateSymbolicLink(Path.Join(source, "link"), "no/where ä");
        await File.WriteAllBytesAsync(Path.Join(source, "empty"), []);
        File.SetUnixFileMode(Path.Join(source, "ä"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await _slipway.RunAsync("repo", "create", "names");
        await _slipway.RunAsync("put", "names@master:/", "-f", source);
        string[] expected = [.. Odd.Append("link").Append("empty").Select(static name => "/" + name).OrderBy(static name => name, StringComparer.Ordinal)];
        Assert.Equal(expected, (await _slipway.FilesAsync("names@master:/")).OrderBy(static name => name, StringComparer.Ordinal));

        await _slipway.RunAsync("get", "names@master:/", "-o", Path.Join(_folder, "out"));
        AssertSame(source, Path.Join(_folder, "out"));
        await _slipway.RunAsync("get", "names@master:/", "--tar", "-o", Path.Join(_folder, "all.tar"));
        await _slipway.RunAsync("put", "names@fromtar:/", "-f", Path.Join(_folder, "all.tar"), "--untar");
        Assert.Equal(await DigestAsync("names@master:/"), await DigestAsync("names@fromtar:/"));
        foreach (string name in Odd)
        {
            await _slipway.RunAsync("put", $"names@single:/{name}", "-f", Path.Join(source, name));
            Assert.Equal(name, await _slipway.CatAsync($"names@single:/{name}"));
        }

        FileEntry link = Assert.Single((await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileEntry, "ls", "-l", "names@master:/")), static entry => entry.Kind == FileKind.Symlink);
        Assert.Equal("no/where ä", link.Target);
        Assert.Contains("-rwxr-xr-x", await _slipway.RunAsync("ls", "-l", "names@master:/ä"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_of_4096_bytes_is_kept_and_one_of_4097_is_refused()
    {
        await _slipway.RunAsync("repo", "create", "long");
        string deep = string.Concat(Enumerable.Repeat("/ä", 1365));
        string fits = deep[..^2] + "/abc";
        Assert.Equal(4096, Encoding.UTF8.GetByteCount(fits));
        string file = _slipway.Write("one", "1");
        await _slipway.RunAsync("put", $"long@master:{fits}", "-f", file);
        Assert.Equal("1", await _slipway.CatAsync($"long@master:{fits}"));
        Assert.Equal([fits], await _slipway.FilesAsync("long@master:/"));
        CommandOutput refused = await _slipway.TryAsync("put", $"long@master:{fits}e", "-f", file);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("4096 bytes", refused.Stderr, StringComparison.Ordinal);
        Assert.Equal([fits], await _slipway.FilesAsync("long@master:/"));
    }

    [Theory]
    [InlineData("/a/../b")]
    [InlineData("/./a")]
    [InlineData("/a//b")]
    public async Task Parts_that_mean_something_else_are_refused(string path)
    {
        await _slipway.TryAsync("repo", "create", "parts");
        CommandOutput refused = await _slipway.TryAsync("put", $"parts@master:{path}", "-f", _slipway.Write("one", "1"));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("is not a path", refused.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_where_a_folder_is_takes_its_place_or_is_refused_but_never_both()
    {
        await _slipway.RunAsync("repo", "create", "clash");
        await _slipway.PutAsync("clash@master:/a/b", "below");
        CommandOutput over = await _slipway.TryAsync("put", "clash@master:/a/b/c", "-f", _slipway.Write("c", "c"));
        string[] after = await _slipway.FilesAsync("clash@master:/");
        Assert.Equal(over.ExitCode == 0 ? ["/a/b/c"] : ["/a/b"], after);
        CommandOutput instead = await _slipway.TryAsync("put", "clash@master:/a", "-f", _slipway.Write("c", "c"));
        Assert.Equal(instead.ExitCode == 0 ? ["/a"] : after, await _slipway.FilesAsync("clash@master:/"));
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_is_refused_and_named()
    {
        string source = Directory.CreateDirectory(Path.Join(_folder, "bytes")).FullName;
        CommandOutput made = await ChildProcess.RunAsync("sh", ["-c", "printf x > \"$(printf 'bad\\377name')\""], folder: source);
        Assert.Equal(0, made.ExitCode);
        await _slipway.RunAsync("repo", "create", "bytes");
        CommandOutput refused = await _slipway.TryAsync("put", "bytes@master:/", "-f", source);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("bad", refused.Stderr, StringComparison.Ordinal);
        Assert.Contains("UTF-8", refused.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain(await _slipway.CommitsAsync("bytes"), static commit => commit.State == CommitState.Finished);
        await ChildProcess.RunAsync("tar", ["cf", Path.Join(_folder, "bytes.tar"), "-C", source, "."]);
        CommandOutput tar = await _slipway.TryAsync("put", "bytes@master:/", "-f", Path.Join(_folder, "bytes.tar"), "--untar");
        Assert.NotEqual(0, tar.ExitCode);
        Assert.Contains("UTF-8", tar.Stderr, StringComparison.Ordinal);
    }

    private static void AssertSame(string one, string other)
    {
        Assert.Equal(Names(one), Names(other));
        foreach (string name in Names(one))
        {
            (FileInfo a, FileInfo b) = (new(Path.Join(one, name)), new(Path.Join(other, name)));
            Assert.Equal(a.LinkTarget, b.LinkTarget);
            if (a.LinkTarget is null)
            {
                Assert.Equal(File.ReadAllBytes(a.FullName), File.ReadAllBytes(b.FullName));
                Assert.Equal(a.UnixFileMode.HasFlag(UnixFileMode.UserExecute), b.UnixFileMode.HasFlag(UnixFileMode.UserExecute));
            }
        }
    }

    private static string[] Names(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(static path => Path.GetFileName(path)).OrderBy(static name => name, StringComparer.Ordinal)];

    private async Task<string> DigestAsync(string at) =>
        string.Join('\n', (await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileEntry, "ls", "-r", "-l", at)).Select(static entry => entry.ToString()));
}
