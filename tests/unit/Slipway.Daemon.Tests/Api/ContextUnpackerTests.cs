using System.Formats.Tar;
using System.Text;
using Slipway.Api;
using Slipway.Content;
using Slipway.Daemon.Api;

namespace Slipway.Daemon.Tests.Api;

public sealed class ContextUnpackerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-context-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Root => Path.Combine(_folder, "context");

    [Fact]
    public async Task Files_folders_links_and_modes_are_as_they_were_sent()
    {
        UnpackedContext context = await UnpackAsync(
            Dockerfile("FROM x"),
            new GnuTarEntry(TarEntryType.Directory, "a"),
            File("a/run.sh", "echo", (UnixFileMode)0x1ED),
            new GnuTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "a/run.sh" },
            File(BuildContextFormat.IgnoredEntry, "secret\nnotes"));
        Assert.Equal("FROM x", context.Dockerfile);
        Assert.Equal(["secret", "notes"], context.IgnoredPaths);
        Assert.Equal("echo", await System.IO.File.ReadAllTextAsync(Path.Combine(context.Directory, "a/run.sh")));
        Assert.Equal((UnixFileMode)0x1ED, System.IO.File.GetUnixFileMode(Path.Combine(context.Directory, "a/run.sh")));
        Assert.Equal("a/run.sh", new FileInfo(Path.Combine(context.Directory, "link")).LinkTarget);
        Assert.Equal(["a", "link"], Directory.GetFileSystemEntries(context.Directory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Secrets_stay_in_memory_and_named_contexts_have_folders_of_their_own()
    {
        UnpackedContext context = await UnpackAsync(
            Dockerfile("FROM x"),
            File(BuildContextFormat.SecretPrefix + "my%2Fid", "s3cr3t"),
            File("own", "1"),
            File(BuildContextFormat.ContextPrefix + "data/d/file", "2"),
            new GnuTarEntry(TarEntryType.Directory, BuildContextFormat.ContextPrefix + "empty/"));

        Assert.Equal("s3cr3t", Encoding.UTF8.GetString(context.Secrets["my/id"].Content.Span));
        Assert.DoesNotContain("s3cr3t", context.Secrets["my/id"].ToString(), StringComparison.Ordinal);
        Assert.Equal(["own"], Directory.GetFileSystemEntries(context.Directory).Select(Path.GetFileName));
        Assert.Equal("2", await System.IO.File.ReadAllTextAsync(Path.Combine(context.Folders["data"], "d/file")));
        Assert.Empty(Directory.GetFileSystemEntries(context.Folders["empty"]));
        await Assert.ThrowsAsync<SlipwayException>(() => UnpackAsync(Dockerfile("FROM x"), File(BuildContextFormat.ContextPrefix + "data/../../x", "2")));
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("/etc/out")]
    [InlineData("a/../../out")]
    public async Task A_name_that_leads_outside_is_refused(string name)
    {
        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(() => UnpackAsync(Dockerfile("FROM x"), File(name, "x")));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Equal(["context"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "outside"));
        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(() => UnpackAsync(
            Dockerfile("FROM x"),
            new GnuTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "../outside" },
            File("link/x", "x")));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "outside")));
    }

    [Fact]
    public async Task A_context_that_does_not_begin_with_its_dockerfile_or_breaks_off_is_refused()
    {
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<SlipwayException>(() => UnpackAsync(File("a", "x")))).Kind);
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<SlipwayException>(() => UnpackAsync())).Kind);
        byte[] whole = Tar(Dockerfile("FROM x"), File("a", new string('x', 4000)));
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<SlipwayException>(() => UnpackBytesAsync(whole[..2600]))).Kind);
    }

    private static GnuTarEntry Dockerfile(string text) => File(BuildContextFormat.DockerfileEntry, text);

    private static GnuTarEntry File(string name, string text, UnixFileMode mode = (UnixFileMode)0x1A4) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), Mode = mode };

    private static byte[] Tar(params GnuTarEntry[] entries)
    {
        MemoryStream tar = new();
        using (TarWriter writer = new(tar, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (GnuTarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return tar.ToArray();
    }

    private Task<UnpackedContext> UnpackAsync(params GnuTarEntry[] entries) => UnpackBytesAsync(Tar(entries));

    private Task<UnpackedContext> UnpackBytesAsync(byte[] tar)
    {
        Directory.CreateDirectory(Root);
        return ContextUnpacker.UnpackAsync(new MemoryStream(tar), Root, CancellationToken.None);
    }
}
