using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using Slipway.Api;
using Slipway.Build;
using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Daemon.Api;

/// <summary>What a build context says beside its files.</summary>
/// <param name="Directory">Where the context's own files are.</param>
/// <param name="Dockerfile">Its text.</param>
/// <param name="IgnoredPaths">What the client's .dockerignore left out, for messages.</param>
internal sealed record UnpackedContext(string Directory, string Dockerfile, IReadOnlyCollection<string> IgnoredPaths)
{
    /// <summary>By id; in memory only.</summary>
    public IReadOnlyDictionary<string, BuildSecret> Secrets { get; init; } = new Dictionary<string, BuildSecret>();

    /// <summary>Where the client says that the context came from.</summary>
    public Task<BuildSource?> Source { get; init; } = Task.FromResult<BuildSource?>(null);

    /// <summary>Files that are read where they lie, and have no content in the directory; null: none. To be disposed by who has this.</summary>
    public FilesInPlace? InPlace { get; init; }

    /// <summary>The folders of named contexts.</summary>
    public IReadOnlyDictionary<string, string> Folders { get; init; } = new Dictionary<string, string>();
}

/// <summary>Unpacks a build context beneath a fresh folder; a name or link that would leave it is refused.</summary>
internal static class ContextUnpacker
{
    private const int MaxTextBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Reads the Dockerfile (the first entry, see <see cref="BuildContextFormat"/>) and unpacks the rest into <paramref name="directory"/>,
    /// which is empty and ours alone. Links are made last, so that nothing is ever written through one.
    /// </summary>
    /// <returns>The Dockerfile's text, and what the client's .dockerignore left out.</returns>
    public static async Task<UnpackedContext> UnpackAsync(Stream tar, string directory, CancellationToken cancellationToken)
    {
        await using TarReader reader = new(tar, leaveOpen: true);
        string? dockerfile = null;
        string[] ignored = [];
        BuildSource? source = null;
        List<(string Path, string Target)> links = [];
        List<(string Path, UnixFileMode Mode)> modes = [];
        Dictionary<string, BuildSecret> secrets = new(StringComparer.Ordinal);
        Dictionary<string, string> folders = new(StringComparer.Ordinal);
        string own = Path.Combine(directory, "context");
        Directory.CreateDirectory(own);
        try
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (dockerfile is null)
                {
                    if (entry.Name != BuildContextFormat.DockerfileEntry)
                    {
                        throw new SlipwayException(
                            ErrorKind.InvalidArgument, $"the build context must begin with an entry {BuildContextFormat.DockerfileEntry}, not '{entry.Name}'");
                    }

                    dockerfile = await ReadTextAsync(entry, cancellationToken);
                    continue;
                }

                if (entry.Name == BuildContextFormat.IgnoredEntry)
                {
                    ignored = (await ReadTextAsync(entry, cancellationToken)).Split('\n');
                    continue;
                }

                if (entry.Name == BuildContextFormat.SourceEntry)
                {
                    source = JsonSerializer.Deserialize(await ReadTextAsync(entry, cancellationToken), ApiJson.Default.BuildSource);
                    continue;
                }

                if (entry.Name.StartsWith(BuildContextFormat.SecretPrefix, StringComparison.Ordinal))
                {
                    secrets[Uri.UnescapeDataString(entry.Name[BuildContextFormat.SecretPrefix.Length..])] = new(await ReadBytesAsync(entry, cancellationToken));
                    continue;
                }

                if (entry.Name.StartsWith(BuildContextFormat.ContextPrefix, StringComparison.Ordinal))
                {
                    string[] parts = entry.Name[BuildContextFormat.ContextPrefix.Length..].Split('/', 2);
                    if (!folders.TryGetValue(Uri.UnescapeDataString(parts[0]), out string? folder))
                    {
                        folder = Path.Combine(directory, $"named-{folders.Count}");
                        Directory.CreateDirectory(folder);
                        folders.Add(Uri.UnescapeDataString(parts[0]), folder);
                    }

                    if (parts.Length == 2 && parts[1].Length > 0)
                    {
                        await UnpackEntryAsync(entry, parts[1], folder, links, modes, cancellationToken);
                    }

                    continue;
                }

                await UnpackEntryAsync(entry, entry.Name, own, links, modes, cancellationToken);
            }

            foreach ((string path, string target) in links)
            {
                File.CreateSymbolicLink(path, target);
            }

            // Last and from below, so that a folder that may not be written to can be filled first.
            foreach ((string path, UnixFileMode mode) in modes.Reverse<(string, UnixFileMode)>())
            {
                File.SetUnixFileMode(path, mode);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or JsonException)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the build context is not a whole tar: {error.Message}", innerException: error);
        }

        catch (IOException error) when (error.HResult != Errno.ENOSPC)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"the build context holds one path twice, or as a file and as a folder: {error.Message}", innerException: error);
        }

        return dockerfile is null
            ? throw new SlipwayException(ErrorKind.InvalidArgument, "the build context is empty: it must begin with the Dockerfile")
            : new UnpackedContext(own, dockerfile, ignored) { Secrets = secrets, Folders = folders, Source = Task.FromResult(source) };
    }

    private static async Task<string> ReadTextAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Length > MaxTextBytes)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the build context's {entry.Name} is longer than 4 MiB");
        }

        if (entry.DataStream is null)
        {
            return "";
        }

        using StreamReader text = new(entry.DataStream, Encoding.UTF8, leaveOpen: true);
        return await text.ReadToEndAsync(cancellationToken);
    }

    private static async Task<byte[]> ReadBytesAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Length > MaxTextBytes)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "a secret is longer than 4 MiB");
        }

        using MemoryStream bytes = new();
        if (entry.DataStream is not null)
        {
            await entry.DataStream.CopyToAsync(bytes, cancellationToken);
        }

        return bytes.ToArray();
    }

    private static async Task UnpackEntryAsync(TarEntry entry, string name, string directory, List<(string Path, string Target)> links, List<(string Path, UnixFileMode Mode)> modes, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, Checked(name));
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                modes.Add((path, entry.Mode & (UnixFileMode)0xFFF));
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using (FileStream file = new(path, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    BufferSize = 0,
                    UnixCreateMode = (entry.Mode & (UnixFileMode)0x1FF) | UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }))
                {
                    if (entry.DataStream is not null)
                    {
                        await entry.DataStream.CopyToAsync(file, cancellationToken);
                    }
                }

                // The creation mask may have taken bits away; the mode is part of what a build reads.
                File.SetUnixFileMode(path, entry.Mode & (UnixFileMode)0xFFF);
                break;
            case TarEntryType.SymbolicLink:
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                links.Add((path, entry.LinkName));
                break;
            default:
                throw new SlipwayException(
                    ErrorKind.InvalidArgument, $"the build context holds '{entry.Name}' of kind {entry.EntryType}; it may hold files, folders and symbolic links");
        }
    }

    /// <summary>The relative path of an entry, refused where it is absolute or climbs.</summary>
    private static string Checked(string name)
    {
        string[] parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return name.StartsWith('/') || parts.Contains("..") || name.Contains('\0')
            ? throw new SlipwayException(ErrorKind.InvalidArgument, $"the build context holds '{name}', which leads outside of it")
            : string.Join('/', parts.Where(part => part != "."));
    }
}
