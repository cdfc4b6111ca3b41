using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using Slipway.Api;
using Slipway.Cli.Archives;
using Slipway.Linux;

namespace Slipway.Cli.Builds;

/// <summary>A folder to build from: its Dockerfile, and what of it is sent.</summary>
/// <param name="Folder">Absolute.</param>
/// <param name="DockerfileName">As the user knows it, for messages.</param>
/// <param name="IgnoreName">The name of the ignore file; null where there is none.</param>
/// <param name="IgnoreText">What it says.</param>
internal sealed record BuildContext(string Folder, string DockerfileName, byte[] Dockerfile, string? IgnoreName, string? IgnoreText)
{
    private DockerIgnore Ignore => field ??= ParseIgnore();

    /// <summary>By id. They are sent in the body and stay in memory.</summary>
    public IReadOnlyDictionary<string, byte[]> Secrets { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Further folders, by the name that the Dockerfile has for them.</summary>
    public IReadOnlyDictionary<string, BuildContext> Named { get; init; } = new Dictionary<string, BuildContext>();

    /// <summary>The address that it was fetched from; null for a folder of the user's.</summary>
    public string? Address { get; init; }

    /// <summary>Where it came from, found out while it is sent, and asked for at the end; null where nobody asked.</summary>
    public Func<Task<BuildSource?>>? Source { get; init; }

    /// <summary>A folder that only lends its files: a named context.</summary>
    public static BuildContext OfFolder(string folder) => Of(folder, "", [], null);

    /// <summary>A folder with a Dockerfile that came by another way.</summary>
    public static BuildContext OfText(string folder, string name, byte[] dockerfile) => Of(folder, name, dockerfile, null);

    /// <param name="file">The Dockerfile where it is not FOLDER/Dockerfile; "-" reads stdin.</param>
    public static async Task<BuildContext> OpenAsync(CommandContext context, string folder, string? file, CancellationToken cancellationToken)
    {
        string root = context.Resolve(folder);
        if (!Directory.Exists(root))
        {
            throw new CliException($"there is no folder '{folder}' to build from", "for example: slipway build -t NAME .");
        }

        if (file == "-")
        {
            using MemoryStream text = new();
            using Stream input = context.OpenInput();
            await input.CopyToAsync(text, cancellationToken).ConfigureAwait(false);
            return OfText(root, "stdin", text.ToArray());
        }

        string path = file is null ? Path.Combine(root, "Dockerfile") : context.Resolve(file);
        if (!File.Exists(path) && file is not null && File.Exists(Path.Combine(root, file)))
        {
            path = Path.Combine(root, file); // As slipway.yaml says it: within the context.
        }

        string name = file ?? Path.Join(folder, "Dockerfile");
        return File.Exists(path)
            ? Of(root, name, File.ReadAllBytes(path), path)
            : throw new CliException($"there is no Dockerfile '{name}'", "write one, or name it with -f");
    }

    /// <summary>What to ask of a server that reads the folder itself; null where more belongs to the build than that folder.</summary>
    public LocalBuildRequest? ToLocal(BuildOptions options)
    {
        if (Secrets.Count > 0 || Named.Count > 0 || Address is not null)
        {
            return null;
        }

        FileStatus status = Libc.Status(Folder);
        return status.IsDirectory ? new(Folder, status.Device, status.Inode, Encoding.UTF8.GetString(Dockerfile), IgnoreText, IgnoreName, options) : null;
    }

    /// <summary>Everything that is sent, in order.</summary>
    /// <param name="ignored">Is given what the ignore file leaves out, as far as it is looked at.</param>
    private IEnumerable<FolderEntry> Entries(List<string> ignored)
    {
        List<FolderEntry> heldBack = [];
        foreach (FolderEntry entry in FolderListing.Walk(Folder, skip: entry => Skips(entry, ignored)))
        {
            // An ignored folder is walked only for what a '!' line takes in again, and sent only with that.
            heldBack.RemoveAll(held => !entry.Name.StartsWith(held.Name + "/", StringComparison.Ordinal));
            if (Ignore.Ignores(entry.Name))
            {
                heldBack.Add(entry);
                continue;
            }

            foreach (FolderEntry parent in heldBack)
            {
                yield return parent;
            }

            heldBack.Clear();
            yield return entry;
        }
    }

    /// <summary>Writes the body of a build request: see <see cref="BuildContextFormat"/>.</summary>
    public async Task WriteAsync(Stream destination, Action<long>? sent, CancellationToken cancellationToken)
    {
        TarWriter writer = new(destination, TarEntryFormat.Gnu, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            await WriteTextAsync(writer, BuildContextFormat.DockerfileEntry, Dockerfile, cancellationToken).ConfigureAwait(false);
            foreach ((string id, byte[] secret) in Secrets)
            {
                await WriteTextAsync(writer, BuildContextFormat.SecretPrefix + Uri.EscapeDataString(id), secret, cancellationToken).ConfigureAwait(false);
            }

            List<string> ignored = [];
            await FolderArchive.WriteAsync(writer, Entries(ignored), sent, cancellationToken).ConfigureAwait(false);
            foreach ((string name, BuildContext named) in Named)
            {
                string prefix = BuildContextFormat.ContextPrefix + Uri.EscapeDataString(name) + "/";
                await writer.WriteEntryAsync(new GnuTarEntry(TarEntryType.Directory, prefix), cancellationToken).ConfigureAwait(false);
                await FolderArchive.WriteAsync(writer, named.Entries([]).Select(entry => entry with { Name = prefix + entry.Name }), sent, cancellationToken).ConfigureAwait(false);
            }

            if (ignored.Count > 0)
            {
                await WriteTextAsync(writer, BuildContextFormat.IgnoredEntry, Encoding.UTF8.GetBytes(string.Join('\n', ignored)), cancellationToken).ConfigureAwait(false);
            }

            if (Source is not null && await Source().ConfigureAwait(false) is { } source)
            {
                byte[] json = JsonSerializer.SerializeToUtf8Bytes(source, ApiJson.Default.BuildSource);
                await WriteTextAsync(writer, BuildContextFormat.SourceEntry, json, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task WriteTextAsync(TarWriter writer, string name, byte[] content, CancellationToken cancellationToken)
    {
        GnuTarEntry entry = new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content, writable: false), ModificationTime = DateTimeOffset.UnixEpoch };
        await writer.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    private bool Skips(FolderEntry entry, List<string> ignored)
    {
        if (entry.Kind == FolderEntryKind.Other || BuildContextFormat.IsReserved(entry.Name))
        {
            return true;
        }

        bool skipped = Ignore.Ignores(entry.Name) && !(entry.Kind == FolderEntryKind.Directory && Ignore.MayIncludeBelow(entry.Name));
        if (skipped && ignored.Count < BuildContextFormat.MostIgnored && !entry.Name.Contains('\n'))
        {
            ignored.Add(entry.Name);
        }

        return skipped;
    }

    private static BuildContext Of(string root, string name, byte[] dockerfile, string? path)
    {
        string own = path + ".dockerignore";
        string ignore = path is not null && File.Exists(own) ? own : Path.Combine(root, ".dockerignore");
        return File.Exists(ignore)
            ? new BuildContext(root, name, dockerfile, Path.GetFileName(ignore), File.ReadAllText(ignore, Encoding.UTF8))
            : new BuildContext(root, name, dockerfile, null, null);
    }

    private DockerIgnore ParseIgnore()
    {
        try
        {
            return IgnoreText is null ? DockerIgnore.Nothing : DockerIgnore.Parse(IgnoreText, IgnoreName!);
        }
        catch (FormatException exception)
        {
            throw new CliException(exception.Message, "see the patterns of .dockerignore: *, ?, **, [a-z], and ! to take in again");
        }
    }
}
