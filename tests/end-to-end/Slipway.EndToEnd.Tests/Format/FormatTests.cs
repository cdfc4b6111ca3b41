using System.IO.Compression;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Format;

/// <summary>
/// The bytes on disk are promises: a store of any released version opens in this one, and another program reads one with nothing but docs/format.md
/// (<c>tests/format/read_store.py</c> was written from that page).
/// </summary>
public sealed class FormatTests
{
    private static readonly string Reader = RepositoryRoot.At("tests", "format", "read_store.py");

    [Fact]
    public async Task A_home_of_format_version_1_opens_reads_whole_and_is_written_on()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        string fixture = RepositoryRoot.At("tests", "fixtures", "store-1");
        CommandOutput unpacked = await ChildProcess.RunAsync("tar", ["-xzf", Path.Join(fixture, "home.tar.gz"), "-C", slipway.Folder]);
        Assert.True(unpacked.ExitCode == 0, unpacked.ToString());
        string[] expected = await ExpectedAsync(Path.Join(fixture, "expected.txt.gz"));
        Assert.Equal(4520, expected.Length);
        foreach (IGrouping<string, string> revision in expected.GroupBy(line => line.Split(' ')[0]))
        {
            string[] found = await ListAsync(slipway, revision.Key);
            Assert.Equal(revision.Select(line => line[(revision.Key.Length + 1)..]), found);
        }

        Assert.Equal("changed\n", await slipway.CatAsync("data@master:/small.csv"));
        Assert.Equal("a,b\n1,2\n", await slipway.CatAsync("data@master~3:/small.csv"));
        string open = (await File.ReadAllTextAsync(Path.Join(fixture, "open-commit.txt"))).Trim();
        await slipway.RunAsync("commit", "finish", $"data@{open}");
        Assert.Equal("changed\n", await slipway.CatAsync("data@master:/pending"));
        await slipway.PutAsync("data@master:/many/f1", "written on");
        Assert.Equal("1\n", await slipway.CatAsync("data@master~1:/many/f1"));
        await slipway.RunAsync("verify", "--all");
    }

    [Fact]
    public async Task The_test_vectors_are_those_that_the_page_gives()
    {
        CommandOutput made = await ChildProcess.RunAsync("python3", [RepositoryRoot.At("tests", "format", "vectors.py"), "--check"]);
        Assert.True(made.ExitCode == 0, made.ToString());
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-1-packs")]
    [InlineData("store-2")]
    public async Task Another_program_reads_homes_from_before(string name)
    {
        string fixture = RepositoryRoot.At("tests", "fixtures", name);
        string folder = Directory.CreateTempSubdirectory("slipway-format-").FullName;
        CommandOutput unpacked = await ChildProcess.RunAsync("tar", ["-xzf", Path.Join(fixture, "home.tar.gz"), "-C", folder]);
        Assert.True(unpacked.ExitCode == 0, unpacked.ToString());
        foreach (IGrouping<string, string> revision in (await ExpectedAsync(Path.Join(fixture, "expected.txt.gz"))).GroupBy(line => line.Split(' ')[0]))
        {
            CommandOutput read = await ChildProcess.RunAsync("python3", [Reader, Path.Join(folder, "home"), revision.Key]);
            Assert.True(read.ExitCode == 0, read.ToString());
            Assert.Equal(revision.Select(line => line[(revision.Key.Length + 1)..]), read.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Another_program_reads_a_store_by_the_page_alone()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        string folder = Path.Join(slipway.Folder, "in");
        Directory.CreateDirectory(Path.Join(folder, "many"));
        for (int i = 0; i < 3000; i++)
        {
            await File.WriteAllTextAsync(Path.Join(folder, "many", $"{i}"), $"{i}");
        }

        Random random = new(3);
        byte[] large = new byte[9 << 20];
        random.NextBytes(large);
        await File.WriteAllBytesAsync(Path.Join(folder, "grown"), large);
        await File.WriteAllBytesAsync(Path.Join(folder, "loose"), large[..100_000]);
        await slipway.RunAsync("repo", "create", "made");
        await slipway.RunAsync("put", "made@master:/", "-f", folder, "-m", "many\nlines");
        await slipway.RunAsync("branch", "create", "made@side", "--from", "made@master");
        await slipway.RunAsync("put", "made@master:/grown", "-f", Path.Join(folder, "loose"), "--append");
        await slipway.PutAsync("made@side:/beside", "other");
        await slipway.RunAsync("merge", "made@side", "--into", "made@master");
        await slipway.RunAsync("rm", "made@master:/many/1*");
        foreach (string revision in new[] { "made@master", "made@master~1", "made@master~2", "made@side" })
        {
            string[] listed = await ListAsync(slipway, revision);
            await slipway.RunAsync("daemon", "stop");
            CommandOutput read = await ChildProcess.RunAsync("python3", [Reader, slipway.Home, revision]);
            Assert.True(read.ExitCode == 0, read.ToString());
            Assert.Equal(listed, read.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Digest, size, kind and path of every file, in the form of the reader.</summary>
    private static async Task<string[]> ListAsync(SlipwayBinary slipway, string revision) =>
    [
        .. (await slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileEntry, "ls", "-r", revision)).Select(entry =>
            $"{entry.Digest["sha256:".Length..]} {entry.Size} {(entry.Kind == FileKind.Symlink ? "symlink" : entry.Executable ? "executable" : "file")} {entry.Path}"),
    ];

    private static async Task<string[]> ExpectedAsync(string path)
    {
        await using GZipStream unzipped = new(File.OpenRead(path), CompressionMode.Decompress);
        using StreamReader reader = new(unzipped);
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
