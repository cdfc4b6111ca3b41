using System.Formats.Tar;

namespace Slipway.Cli.Archives;

/// <summary>Writes entries as a tar. Owners are left out: they are this machine's, and no part of what is sent.</summary>
internal static class FolderArchive
{
    private const int SmallFile = 64 * 1024;

    /// <summary>Beyond this the old headers cannot say a size.</summary>
    private const long LargeFile = 0x1_FFFF_FFFF;

    /// <param name="sent">Told how many bytes of content have gone, now and then.</param>
    public static async Task WriteAsync(TarWriter writer, IEnumerable<FolderEntry> entries, Action<long>? sent, CancellationToken cancellationToken)
    {
        foreach (FolderEntry entry in entries)
        {
            TarEntryType type = entry.Kind switch
            {
                FolderEntryKind.File => TarEntryType.RegularFile,
                FolderEntryKind.Directory => TarEntryType.Directory,
                FolderEntryKind.Symlink => TarEntryType.SymbolicLink,
                _ => throw new IOException($"{entry.Source} is neither file, folder nor link"),
            };
            TarEntry header = entry.Size > LargeFile ? new PaxTarEntry(type, entry.Name) : new GnuTarEntry(type, entry.Name);
            header.Mode = (UnixFileMode)(entry.Permissions & 0x1FF);
            header.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, entry.Modified));
            if (entry.Kind == FolderEntryKind.Symlink)
            {
                header.LinkName = new FileInfo(entry.Source).LinkTarget ?? throw new IOException($"{entry.Source} was a link and is none now");
            }

            if (entry.Kind == FolderEntryKind.File && entry.Size > 0)
            {
                Stream content = OpenContent(entry, sent);
                await using (content.ConfigureAwait(false))
                {
                    header.DataStream = content;
                    await writer.WriteEntryAsync(header, cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                await writer.WriteEntryAsync(header, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public static async Task WriteAsync(Stream destination, IEnumerable<FolderEntry> entries, Action<long>? sent, CancellationToken cancellationToken)
    {
        TarWriter writer = new(destination, TarEntryFormat.Gnu, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            await WriteAsync(writer, entries, sent, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Stream OpenContent(FolderEntry entry, Action<long>? sent)
    {
        if (entry.Size > SmallFile)
        {
            return new ExactFile(entry.Source, entry.Size, sent);
        }

        byte[] bytes = File.ReadAllBytes(entry.Source);
        sent?.Invoke(bytes.Length);
        return new MemoryStream(bytes, writable: false);
    }
}
