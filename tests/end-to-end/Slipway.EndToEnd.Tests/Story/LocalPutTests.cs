using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Story;

/// <summary>Folders that the server reads itself, and what of them is known when they are put again.</summary>
public sealed class LocalPutTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>, IDisposable
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-put-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_put_again_reads_only_what_changed_and_keeps_what_the_repo_has_besides()
    {
        Write("a/one", "1");
        Write("a/two", "2");
        Write("b", new string('b', 100_000));
        await _slipway.RunAsync("repo", "create", "local");
        await _slipway.PutAsync("local@master:/kept", "kept");
        Assert.Contains("3 files", (await _slipway.RunAsync("put", "local@master:/", "-f", _folder)), StringComparison.Ordinal);

        // A file as young as the scan is read again, as its times cannot tell whether it changed since; then it is known.
        string known;
        do
        {
            known = await _slipway.RunAsync("put", "local@master:/", "-f", _folder);
        }
        while (!known.Contains("(3 known already)", StringComparison.Ordinal));

        Write("a/two", "changed");
        Write("a/three", "3");
        string again = (await _slipway.RunAsync("put", "local@master:/", "-f", _folder));
        Assert.Contains("4 files", again, StringComparison.Ordinal);
        Assert.Contains("(2 known already)", again, StringComparison.Ordinal);
        Assert.Equal(["/a/one", "/a/three", "/a/two", "/b", "/kept"], await _slipway.FilesAsync("local@master:/"));
        Assert.Equal("changed", (await _slipway.RunAsync("cat", "local@master:/a/two")));

        File.Delete(Path.Join(_folder, "a/one"));
        await _slipway.RunAsync("put", "local@master:/", "-f", _folder, "--replace");
        Assert.Equal(["/a/three", "/a/two", "/b"], await _slipway.FilesAsync("local@master:/"));
    }

    [Fact]
    public async Task Several_sources_an_open_commit_and_a_path_below_are_put_where_they_belong()
    {
        Write("x/f", "1");
        Write("y/g", "2");
        Write("z", "3");
        await _slipway.RunAsync("repo", "create", "several");
        string open = (await _slipway.RunAsync("commit", "start", "several@master")).Trim().Split(' ')[0].Split('@')[^1];
        await _slipway.RunAsync("put", $"several@{open}:/deep", "-f", Path.Join(_folder, "x"), "-f", Path.Join(_folder, "y"), "-f", Path.Join(_folder, "z"));
        await _slipway.RunAsync("put", $"several@{open}:/deep/x", "-f", Path.Join(_folder, "y"));
        await _slipway.RunAsync("commit", "finish", $"several@{open}");
        Assert.Equal(["/deep/x/f", "/deep/x/g", "/deep/y/g", "/deep/z"], await _slipway.FilesAsync("several@master:/"));
    }

    private void Write(string path, string text)
    {
        string full = Path.Join(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
