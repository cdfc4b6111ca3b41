using System.Formats.Tar;
using System.Security.Cryptography;

namespace Slipway.Cli.Archives;

/// <summary>Unpacks a tar of a repo's folder below a folder of ours. Names that would leave it are refused; links are made last, so none is written through.</summary>
internal static class FolderExtraction
{
    /// <summary>Ends the name of a file that is not whole yet.</summary>
    public const string PartSuffix = ".slipway-partial";

    /// <param name="digestOf">The sha256 that a file of a name must have; null where none is known.</param>
    /// <returns>How many files and links were written.</returns>
    public static async Task<long> ExtractAsync(Stream tar, string folder, bool overwrite, Func<string, string?> digestOf, Action<long>? written, CancellationToken cancellationToken)
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
                        await WriteFileAsync(entry, path, overwrite, digestOf(entry.Name), cancellationToken).ConfigureAwait(false);
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

    private static async Task WriteFileAsync(TarEntry entry, string path, bool overwrite, string? digest, CancellationToken cancellationToken)
    {
        if (!overwrite && Path.Exists(path))
        {
            throw new CliException($"{path} exists already", "add --force to overwrite, or choose another folder with -o");
        }

        string temporary = path + PartSuffix;
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
            | (entry.Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        try
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            FileStream file = new(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode, BufferSize = 0 });
            await using (file.ConfigureAwait(false))
            {
                await CopyAsync(entry.DataStream ?? Stream.Null, file, hash, cancellationToken).ConfigureAwait(false);
            }

            string came = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (digest is not null && !digest.EndsWith(came, StringComparison.Ordinal))
            {
                throw new CliException($"what came of {entry.Name} has the digest {came[..12]}, not {Output.Format.ShortId(digest)}: it was changed meanwhile, or on the way", "get it again");
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static async Task CopyAsync(Stream source, Stream destination, IncrementalHash hash, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[128 * 1024];
        int count;
        while ((count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }
}
