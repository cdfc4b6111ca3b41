using System.Formats.Tar;
using System.Text;
using Slipway.Api;
using Slipway.Cli.Archives;

namespace Slipway.Cli.Builds;

/// <summary>A folder to build from: its Dockerfile, and what of it is sent.</summary>
/// <param name="Folder">Absolute.</param>
/// <param name="DockerfileName">As the user knows it, for messages.</param>
internal sealed record BuildContext(string Folder, string DockerfileName, byte[] Dockerfile, DockerIgnore Ignore)
{
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
            return new BuildContext(root, "stdin", text.ToArray(), ReadIgnore(root, null));
        }

        string path = file is null ? Path.Combine(root, "Dockerfile") : context.Resolve(file);
        if (!File.Exists(path) && file is not null && File.Exists(Path.Combine(root, file)))
        {
            path = Path.Combine(root, file); // As slipway.yaml says it: within the context.
        }

        string name = file ?? Path.Join(folder, "Dockerfile");
        return File.Exists(path)
            ? new BuildContext(root, name, await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), ReadIgnore(root, path))
            : throw new CliException($"there is no Dockerfile '{name}'", "write one, or name it with -f");
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
            GnuTarEntry dockerfile = new(TarEntryType.RegularFile, BuildContextFormat.DockerfileEntry)
            {
                DataStream = new MemoryStream(Dockerfile, writable: false),
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            await writer.WriteEntryAsync(dockerfile, cancellationToken).ConfigureAwait(false);
            List<string> ignored = [];
            await FolderArchive.WriteAsync(writer, Entries(ignored), sent, cancellationToken).ConfigureAwait(false);
            if (ignored.Count > 0)
            {
                await writer.WriteEntryAsync(
                    new GnuTarEntry(TarEntryType.RegularFile, BuildContextFormat.IgnoredEntry)
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', ignored)), writable: false),
                        ModificationTime = DateTimeOffset.UnixEpoch,
                    },
                    cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool Skips(FolderEntry entry, List<string> ignored)
    {
        if (entry.Kind == FolderEntryKind.Other || entry.Name is BuildContextFormat.DockerfileEntry or BuildContextFormat.IgnoredEntry)
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

    private static DockerIgnore ReadIgnore(string root, string? dockerfile)
    {
        string own = dockerfile + ".dockerignore";
        string path = dockerfile is not null && File.Exists(own) ? own : Path.Combine(root, ".dockerignore");
        try
        {
            return File.Exists(path) ? DockerIgnore.Parse(File.ReadAllText(path, Encoding.UTF8), Path.GetFileName(path)) : DockerIgnore.Nothing;
        }
        catch (FormatException exception)
        {
            throw new CliException(exception.Message, "see the patterns of .dockerignore: *, ?, **, [a-z], and ! to take in again");
        }
    }
}
