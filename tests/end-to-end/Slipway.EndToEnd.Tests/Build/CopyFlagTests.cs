using System.Diagnostics;
using Slipway.Build;
using Slipway.Content;

namespace Slipway.EndToEnd.Build;

/// <summary>The flags of COPY and ADD: what they take, what they leave, and how it arrives.</summary>
public sealed class CopyFlagTests : IAsyncLifetime
{
    private BuildHome _home = null!;

    public async Task InitializeAsync() => _home = await BuildHome.OpenAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Theory]
    [InlineData("COPY --exclude=*.txt * /o/", "b.md e e/c.txt y y/g.md y/z y/z/f.txt")] // BuildKit's stable frontend leaves a.txt in; its reference does not
    [InlineData("COPY --exclude=*.txt . /o/", "b.md d d/a.txt d/b.md d/e d/e/c.txt x x/y x/y/g.md x/y/z x/y/z/f.txt")]
    [InlineData("COPY --exclude=**/*.txt d /o/", "b.md e")]
    [InlineData("COPY --exclude=d/*.txt d /o/", "a.txt b.md e e/c.txt")]
    [InlineData("COPY --exclude=e d /o/", "a.txt b.md")]
    [InlineData("COPY --exclude=* --exclude=!e/c.txt d /o/", "e e/c.txt")]
    [InlineData("COPY --parents x/y/z/f.txt d/e /o/", "d d/e d/e/c.txt x x/y x/y/z x/y/z/f.txt")]
    [InlineData("COPY --parents ./x/./y/*.md /o/", "y y/g.md")]
    [InlineData("COPY --parents **/*.md /o/", "b.md d d/b.md x x/y x/y/g.md")]
    [InlineData("COPY --parents --exclude=**/*.md x /o/", "x x/y x/y/z x/y/z/f.txt")]
    [InlineData("ADD --exclude=*.md d /o/", "a.txt e e/c.txt")]
    [InlineData("COPY --link d /o/", "a.txt b.md e e/c.txt")]
    public async Task Patterns_choose_what_is_copied(string line, string expected)
    {
        string context = _home.Context(("a.txt", "1"), ("b.md", "2"), ("d/a.txt", "3"), ("d/b.md", "4"), ("d/e/c.txt", "5"), ("x/y/z/f.txt", "6"), ("x/y/g.md", "7"));
        BuildResult result = await _home.BuildAsync("FROM scratch\n" + line, context);

        Assert.Equal(expected, string.Join(' ', (await _home.FilesAsync(result.Image)).Keys.Where(path => path.StartsWith("/o/", StringComparison.Ordinal)).Select(path => path[3..])));
    }

    [Theory]
    [InlineData("600", "600", "600")]
    [InlineData("u=rwX,go=rX", "755", "644")]
    [InlineData("g+w", "775", "664")]
    [InlineData("a-r,u+r", "711", "600")]
    [InlineData("+x", "755", "755")]
    [InlineData("go=u", "777", "666")]
    public async Task A_mode_is_bits_or_changes(string mode, string directory, string file)
    {
        BuildResult result = await _home.BuildAsync($"FROM scratch\nCOPY --chmod={mode} . /o/", _home.Context(("d/f", "x")));
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.StartsWith(directory + " ", files["/o/d"], StringComparison.Ordinal);
        Assert.StartsWith(file + " ", files["/o/d/f"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    [InlineData("zstd")]
    public async Task An_archive_is_unpacked_whatever_compressed_it(string program)
    {
        string context = _home.Context(("t/one", "1"), ("t/two/three", "3"));
        await RunAsync(context, "sh", "-c", $"tar -cf - t | {program} -c > a.bin && echo text | {program} -c > no-archive.bin");
        BuildResult result = await _home.BuildAsync("FROM scratch\nADD a.bin no-archive.bin /o/\nADD --unpack=false a.bin /kept/\nCOPY a.bin /copied/", context);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.EndsWith(" 3", files["/o/t/two/three"], StringComparison.Ordinal);
        Assert.Equal(["/copied/a.bin", "/kept/a.bin", "/o/no-archive.bin"], files.Keys.Where(path => path.EndsWith(".bin", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_copy_leaves_the_modes_of_directories_that_were_there()
    {
        string context = _home.Context(("a", "1"));
        BuildResult result = await _home.BuildAsync("FROM base\nRUN chmod 1777 /tmp\nCOPY --link a /tmp/linked\nCOPY a /tmp/copied\nCOPY none* /made-by-nothing/\nCOPY \"\" /all/", context);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("1777 0:0", files["/tmp"]);
        Assert.Contains("/tmp/linked", files.Keys);
        Assert.Contains("/all/a", files.Keys);
        Assert.DoesNotContain("/made-by-nothing", files.Keys);
    }

    [Fact]
    public async Task A_git_repository_is_added_at_a_reference()
    {
        string origin = _home.Context(("sub/f", "first"), ("top", "t"));
        await RunAsync(origin, "sh", "-c", "git init -q -b main . && git add . && git -c user.name=t -c user.email=t@t commit -qm 1 && git tag v1 && echo second > sub/f && git -c user.name=t -c user.email=t@t commit -qam 2");
        string bare = _home.Context();
        await RunAsync(bare, "git", "clone", "-q", "--bare", origin, "r.git");
        int port = FreePort();
        using Process daemon = Process.Start(new ProcessStartInfo("git", ["daemon", "--reuseaddr", "--listen=127.0.0.1", $"--port={port}", "--export-all", $"--base-path={bare}", "--verbose"]) { RedirectStandardError = true })!;
        try
        {
            // "Ready to rumble" is its first line, once it listens.
            await daemon.StandardError.ReadLineAsync();
            string commit = (await RunAsync(origin, "git", "rev-parse", "v1")).Trim();
            BuildResult result = await _home.BuildAsync(
                $"FROM scratch\nADD --checksum={commit} git://127.0.0.1:{port}/r.git#v1 /v1\nADD --keep-git-dir=true git://127.0.0.1:{port}/r.git#main:sub /sub/\nADD --keep-git-dir git://127.0.0.1:{port}/r.git /all");
            IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

            Assert.EndsWith(" first", files["/v1/sub/f"], StringComparison.Ordinal);
            Assert.EndsWith(" second", files["/sub/f"], StringComparison.Ordinal);
            Assert.Contains("/all/.git/HEAD", files.Keys);
            Assert.DoesNotContain("/v1/.git", files.Keys);
            SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync($"FROM scratch\nADD --checksum={commit} git://127.0.0.1:{port}/r.git#main /x"));
            Assert.Contains("--checksum says", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
