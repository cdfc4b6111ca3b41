using Slipway.Api;
using Slipway.Cli.Archives;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data;

/// <summary>
/// Gets a folder from a server elsewhere: as one tar into an empty folder, and file by file into one where some are already, which is how
/// an interrupted get goes on. Every file is held to its digest.
/// </summary>
internal static class FolderDownload
{
    /// <returns>How many files and links are there now.</returns>
    public static async Task<long> WriteAsync(
        CommandContext context, DataAddress address, string folder, bool overwrite, TransferProgress progress, CancellationToken cancellationToken)
    {
        string root = (address.Path ?? "/").TrimEnd('/') + "/";
        Dictionary<string, FileEntry> entries = new(StringComparer.Ordinal);
        await foreach (FileEntry entry in context.Client.ListFilesAsync(address.ToFile(), recursive: true, null, null, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind != FileKind.Directory)
            {
                entries.Add(entry.Path[root.Length..], entry);
            }
        }

        Directory.CreateDirectory(folder);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            using Stream tar = await context.Client.GetTarAsync(address.ToFile(), cancellationToken).ConfigureAwait(false);
            return await FolderExtraction.ExtractAsync(tar, folder, overwrite, name => entries.GetValueOrDefault(name)?.Digest, progress.Add, cancellationToken).ConfigureAwait(false);
        }

        FileDownload download = new(context, overwrite);
        foreach ((string name, FileEntry entry) in entries)
        {
            string path = FolderExtraction.Below(folder, name);
            ThrowIfThroughLink(folder, path);
            File.Delete(path + FolderExtraction.PartSuffix);
            await download.WriteAsync(address.WithPath(entry.Path), entry, path, progress, cancellationToken).ConfigureAwait(false);
        }

        return entries.Count;
    }

    private static void ThrowIfThroughLink(string folder, string path)
    {
        for (string? parent = Path.GetDirectoryName(path); parent is not null && parent.Length > folder.TrimEnd('/').Length; parent = Path.GetDirectoryName(parent))
        {
            if (new FileInfo(parent).LinkTarget is not null)
            {
                throw new CliException($"{parent} is a link: nothing is written through it", "move it away, or choose another folder with -o");
            }
        }
    }
}
