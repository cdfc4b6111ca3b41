using System.Formats.Tar;

namespace Slipway.Cli.Archives;

/// <summary>Unpacks a tar of a repo's folder below a folder of ours. Names that would leave it are refused; links are made last, so none is written through.</summary>
internal static class FolderExtraction
{
    /// <returns>How many files and links were written.</returns>
    public static async Task<long> ExtractAsync(Stream tar, string folder, bool overwrite, Action<long>? written, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        List<(string Path, string Target)> links = [];
        long count = 0;
        TarReader reader = new(tar, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                string path = Below(folder, entry.Name);
                switch (entry.EntryType)
                {
                    case TarEntryType.Directory:
                        Directory.CreateDirectory(path);
                        break;
                    case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                        await WriteFileAsync(entry, path, overwrite, cancellationToken).ConfigureAwait(false);
                        written?.Invoke(entry.Length);
                        count++;
                        break;
                    case TarEntryType.SymbolicLink:
                        links.Add((path, entry.LinkName));
                        break;
                }
            }
        }

        foreach ((string path, string target) in links)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (overwrite)
            {
                File.Delete(path);
            }

            File.CreateSymbolicLink(path, target);
        }

        return count + links.Count;
    }

    internal static string Below(string folder, string name)
    {
        string[] parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return name.StartsWith('/') || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal)
            ? throw new InvalidDataException($"the server sent the name '{name}', which leaves {folder}; nothing more was written")
            : Path.Join([folder, .. parts.Where(static part => part != ".")]);
    }

    private static async Task WriteFileAsync(TarEntry entry, string path, bool overwrite, CancellationToken cancellationToken)
    {
        if (!overwrite && Path.Exists(path))
        {
            throw new CliException($"{path} exists already", "add --force to overwrite, or choose another folder with -o");
        }

        string temporary = path + ".slipway-partial";
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
            | (entry.Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        FileStream file = new(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode, BufferSize = 0 });
        await using (file.ConfigureAwait(false))
        {
            if (entry.DataStream is not null)
            {
                await entry.DataStream.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }
}
