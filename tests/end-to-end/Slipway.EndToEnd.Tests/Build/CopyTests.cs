using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Build;
using Slipway.Content;

namespace Slipway.EndToEnd.Build;

/// <summary>Docker's rules of COPY and ADD, file by file.</summary>
public sealed class CopyTests : IAsyncLifetime
{
    private BuildHome _home = null!;

    public async Task InitializeAsync() => _home = await BuildHome.OpenAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Theory]
    [InlineData("COPY a /x", "/x")]
    [InlineData("COPY a /x/", "/x /x/a")]
    [InlineData("COPY d /x", "/x /x/e /x/e/f /x/g")]
    [InlineData("COPY d /x/", "/x /x/e /x/e/f /x/g")]
    [InlineData("COPY a d /x/", "/x /x/a /x/e /x/e/f /x/g")]
    [InlineData("COPY d/* /x/", "/x /x/f /x/g")]
    [InlineData("COPY [\"a\", \"/y/x\"]", "/y /y/x")]
    [InlineData("COPY [ab] /x/", "/x /x/a /x/b")]
    [InlineData("COPY named /x/", "/x /x/named")]
    [InlineData("COPY links /x", "/x /x/in /x/out")]
    [InlineData("COPY . /x", "/x /x/a /x/b /x/d /x/d/e /x/d/e/f /x/d/g /x/links /x/links/in /x/links/out /x/named")]
    public async Task Sources_go_where_docker_puts_them(string line, string expected)
    {
        BuildResult result = await _home.BuildAsync("FROM scratch\n" + line, Context());

        Assert.Equal("/ " + expected, string.Join(' ', (await _home.FilesAsync(result.Image)).Keys));
    }

    [Fact]
    public async Task Owners_modes_and_links_are_as_asked()
    {
        string context = Context();
        File.SetUnixFileMode(Path.Combine(context, "d/g"), (UnixFileMode)0b111_101_000);
        BuildResult result = await _home.BuildAsync(
            "FROM base\nCOPY d /plain\nCOPY --chown=nobody:0 --chmod=710 d /owned\nCOPY --chown=7 a /seven\nCOPY links /links\nCOPY named /followed", context);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("750 0:0 G", files["/plain/g"]);
        Assert.Equal("710 65534:0", files["/owned"]);
        Assert.Equal("710 65534:0 F", files["/owned/e/f"]);
        Assert.Equal("644 7:7 A", files["/seven"]);
        Assert.Equal("777 0:0 ->../a", files["/links/in"]);
        Assert.Equal("777 0:0 ->/etc/passwd", files["/links/out"]);
        Assert.Equal("644 0:0 A", files["/followed"]);
    }

    [Fact]
    public async Task Owners_of_another_stage_are_kept()
    {
        BuildResult result = await _home.BuildAsync("FROM base AS s\nRUN mkdir -p /d/e && echo x > /d/f && chown -R 5:6 /d && chmod 4755 /d/f\nFROM base\nCOPY --from=s /d /d\nCOPY --from=s --chown=1:1 /d/f /f");
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal(("4755 5:6 x", "755 5:6", "4755 1:1 x"), (files["/d/f"], files["/d/e"], files["/f"]));
    }

    [Fact]
    public async Task Symlinks_of_the_image_lead_inside_the_image()
    {
        BuildResult result = await _home.BuildAsync(
            "FROM base\nRUN mkdir /real && ln -s /real /link && ln -s ../../../../real /up && echo old > /real/file && ln -s /real/file /alias && ln -s /made-by-copy /dangling\n"
            + "COPY a /link/1\nCOPY a /up/2\nCOPY d /link\nCOPY b /alias\nCOPY b /dangling",
            Context());
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal(("644 0:0 A", "644 0:0 A", "644 0:0 G"), (files["/real/1"], files["/real/2"], files["/real/g"]));
        Assert.Equal(("644 0:0 B", "777 0:0 ->/real/file"), (files["/real/file"], files["/alias"]));
        Assert.Equal("644 0:0 B", files["/made-by-copy"]);
        Assert.False(File.Exists("/made-by-copy"));
    }

    [Theory]
    [InlineData("COPY missing /x", "'missing' is not in the build context", null)]
    [InlineData("COPY d/gg /x", "'d/gg' is not in the build context", "'d/g'")]
    [InlineData("COPY secret/key /x", ".dockerignore leaves 'secret' out", "!secret/key")]
    [InlineData("COPY ../a/b /x", "'../a/b' is not in the build context", "Nothing outside of the context")]
    [InlineData("COPY [ab] /x", "matches 2 entries", "/x/")]
    [InlineData("COPY a /etc/passwd/x", "is not a directory in the image", null)]
    [InlineData("COPY d/e /etc/passwd", "is not a directory in the image", null)]
    [InlineData("COPY --chown=nobodyatall a /x", "no user 'nobodyatall'", null)]
    public async Task What_cannot_be_copied_is_explained(string line, string message, string? hint)
    {
        string context = Context();
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\n" + line, context));

        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Contains("Dockerfile:2: " + line, fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Contains(hint ?? "", fault.Hint ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_not_replaced_by_a_file_nor_a_file_by_a_directory()
    {
        string file = _home.Context(("d/bin", "x"));
        string directory = _home.Context(("d/etc/passwd/x", "x"));

        Assert.Contains("cannot be replaced by a file", (await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\nCOPY d /", file))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be replaced by a directory", (await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\nCOPY d /", directory))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_unpacks_archives_and_copies_other_files()
    {
        string context = _home.Context(("plain.gz", "not gzip at all"));
        await using (FileStream file = File.Create(Path.Combine(context, "a.tgz")))
        await using (GZipStream gzip = new(file, CompressionLevel.Fastest))
        await using (TarWriter tar = new(gzip, TarEntryFormat.Gnu))
        {
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, "sub/file") { Uid = 3, Gid = 4, Mode = (UnixFileMode)0x1A0, DataStream = new MemoryStream("in"u8.ToArray()) });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.HardLink, "hard") { LinkName = "sub/file" });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.SymbolicLink, "etc") { LinkName = "/" });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, "etc/through") { Mode = (UnixFileMode)0x1A4, DataStream = new MemoryStream("t"u8.ToArray()) });
        }

        BuildResult result = await _home.BuildAsync("FROM base\nADD a.tgz plain.gz /x/", context);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("640 3:4 in", files["/x/sub/file"]);
        Assert.Equal("640 3:4 in", files["/x/hard"]);
        Assert.Equal("644 0:0 not gzip at all", files["/x/plain.gz"]);
        Assert.Equal("644 0:0 t", files["/through"]);
        Assert.False(File.Exists("/through"));
    }

    [Fact]
    public async Task An_archive_that_leads_out_is_refused()
    {
        string context = _home.Context(("x", ""));
        await using (FileStream file = File.Create(Path.Combine(context, "a.tar")))
        await using (TarWriter tar = new(file, TarEntryFormat.Ustar))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "ok") { DataStream = new MemoryStream("1"u8.ToArray()) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "../../evil") { DataStream = new MemoryStream("1"u8.ToArray()) });
        }

        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\nADD a.tar /x/", context));
        Assert.Contains("'../../evil'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_downloads_and_checks_what_it_got()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/dir/data.csv?x=1";
        Task serving = ServeAsync(listener, 3);

        BuildResult first = await _home.BuildAsync($"FROM scratch\nADD {url} /d/");
        BuildResult second = await _home.BuildAsync($"FROM scratch\nADD {url} /d/");
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync($"FROM scratch\nADD --checksum={Digest.Of("other")} {url} /e/"));
        await serving;

        Assert.Equal("600 0:0 1,2", (await _home.FilesAsync(first.Image))["/d/data.csv"]);
        Assert.Equal(0, second.StepsRun);
        Assert.Contains("--checksum", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Here_documents_become_files()
    {
        BuildResult result = await _home.BuildAsync("FROM base\nENV V=1\nCOPY <<a.txt <<'b.txt' /d/\n$V\na.txt\n$V\nb.txt\nCOPY --chmod=755 <<EOF /run.sh\n#!/bin/sh\nEOF");
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal(("644 0:0 1", "644 0:0 $V", "755 0:0 #!/bin/sh"), (files["/d/a.txt"], files["/d/b.txt"], files["/run.sh"]));
    }

    private static async Task ServeAsync(TcpListener listener, int requests)
    {
        for (int served = 0; served < requests; served++)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            await using NetworkStream stream = client.GetStream();
            using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n1,2\n"u8.ToArray());
        }
    }

    private string Context() => _home.Context(
        ("a", "A"), ("b", "B"), ("d/e/f", "F"), ("d/g", "G"), ("named", "->a"), ("links/in", "->../a"), ("links/out", "->/etc/passwd"));
}
