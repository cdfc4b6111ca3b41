using System.Formats.Tar;
using Slipway.Cli.Archives;

namespace Slipway.Cli.Tests.Archives;

public sealed class FolderExtractionTests
{
    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    public async Task A_name_that_would_leave_the_folder_is_refused(string name)
    {
        using TestWorld world = new();
        string inside = Path.Combine(world.Folder, "in");
        await Assert.ThrowsAsync<InvalidDataException>(() => ExtractAsync(inside, new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) }));
        Assert.Empty(Directory.GetFileSystemEntries(inside));
        Assert.Equal(["in"], Directory.GetFileSystemEntries(world.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link_of_the_same_archive()
    {
        using TestWorld world = new();
        string outside = Directory.CreateDirectory(Path.Combine(world.Folder, "out")).FullName;
        string inside = Path.Combine(world.Folder, "in");
        await Assert.ThrowsAnyAsync<IOException>(() => ExtractAsync(
            inside,
            new GnuTarEntry(TarEntryType.SymbolicLink, "a") { LinkName = outside },
            new GnuTarEntry(TarEntryType.RegularFile, "a/x") { DataStream = new MemoryStream([1]) }));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task Files_modes_and_links_come_out()
    {
        using TestWorld world = new();
        long count = await ExtractAsync(
            world.Folder,
            new GnuTarEntry(TarEntryType.Directory, "d"),
            new GnuTarEntry(TarEntryType.RegularFile, "d/x") { DataStream = new MemoryStream([1, 2]), Mode = (UnixFileMode)0x1FF },
            new GnuTarEntry(TarEntryType.SymbolicLink, "l") { LinkName = "d/x" });
        Assert.Equal(2, count);
        Assert.Equal([1, 2], await File.ReadAllBytesAsync(Path.Combine(world.Folder, "l")));
        Assert.True(File.GetUnixFileMode(Path.Combine(world.Folder, "d/x")).HasFlag(UnixFileMode.UserExecute));
    }

    private static async Task<long> ExtractAsync(string folder, params TarEntry[] entries)
    {
        using MemoryStream tar = new();
        using (TarWriter writer = new(tar, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        tar.Position = 0;
        return await FolderExtraction.ExtractAsync(tar, folder, overwrite: false, static _ => null, null, CancellationToken.None);
    }
}
