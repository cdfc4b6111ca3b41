using Slipway.Api;
using Slipway.Cli.Archives;
using Slipway.Cli.Data.Sources;
using Slipway.Cli.Progress;
using Slipway.Cli.Worktrees;
using Slipway.Linux;

namespace Slipway.Cli.Data;

/// <summary>Sends files and folders as one commit, with progress; for `put` and for `up`.</summary>
internal static class PutRun
{
    public static async Task<PutResult> RunAsync(
        CommandContext context, DataAddress target, IReadOnlyList<string> sources, PutOptions options, CancellationToken cancellationToken)
    {
        if (sources is ["-"])
        {
            return await PutStdinAsync(context, target, options, cancellationToken).ConfigureAwait(false);
        }

        if (sources.Any(RemotePut.IsRemote))
        {
            return sources is [{ } remote]
                ? await RemotePut.RunAsync(context, target, remote, options, cancellationToken).ConfigureAwait(false)
                : throw new CliException("an address is put by itself", "put the others with commands of their own; commit start and finish make one commit of them", usage: true);
        }

        List<FolderEntry> roots = [.. sources.Select(source => Describe(context, source))];
        if (await PutLocalAsync(context, target, roots, options, cancellationToken).ConfigureAwait(false) is { } put)
        {
            return put;
        }

        if (options.Expect is not null)
        {
            throw LocalFolder.Declined("read", null);
        }

        if (options.Append && roots is not [{ Kind: FolderEntryKind.File }])
        {
            throw new CliException("a server elsewhere appends one file at a time", "give one -f FILE", usage: true);
        }

        return roots is [{ Kind: FolderEntryKind.File } file]
            ? await PutOneAsync(context, InFolder(target) ? target.Below(file.Name) : target, file, options, cancellationToken).ConfigureAwait(false)
            : await PutManyAsync(context, target, [.. Entries(roots)], options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends entries whose names are relative to the target's path.</summary>
    public static async Task<PutResult> PutManyAsync(
        CommandContext context, DataAddress target, IReadOnlyList<FolderEntry> entries, PutOptions options, CancellationToken cancellationToken)
    {
        FolderEntry? odd = entries.FirstOrDefault(static entry => entry.Kind == FolderEntryKind.Other);
        if (odd is not null)
        {
            throw new CliException($"{odd.Source} is neither file, folder nor link", "a repo keeps files; leave it out");
        }

        TransferProgress progress = new(context.Time, $"putting {Output.Format.Count(entries.Count(static entry => entry.Kind == FolderEntryKind.File), "file")}:", entries.Sum(static entry => entry.Size));
        using ProgressLine line = new(context, progress.ToString);
        return await context.Client.PutTarAsync(
            target.ToFile(), options, (destination, token) => FolderArchive.WriteAsync(destination, entries, progress.Add, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the local server to read the sources itself; null where it cannot, and they are sent.</summary>
    private static async Task<PutResult?> PutLocalAsync(
        CommandContext context, DataAddress target, IReadOnlyList<FolderEntry> roots, PutOptions options, CancellationToken cancellationToken)
    {
        if (context.Server.Host is not null || !roots.All(static root => root.Kind is FolderEntryKind.File or FolderEntryKind.Directory))
        {
            return null;
        }

        string at = (roots is [{ Kind: FolderEntryKind.File } file] && InFolder(target) ? target.Below(file.Name) : target).ToFile();
        LocalPutRequest request = new([.. roots.Select(Identify)]);
        string? text = null;
        using ProgressLine line = new(context, () => text);
        return await context.Client.PutLocalAsync(
            at,
            options,
            request,
            progress => text = $"reading: {Output.Format.Count(progress.Files, "file")}, {Output.Format.Bytes(progress.Bytes)}; {progress.Read} new or changed",
            cancellationToken).ConfigureAwait(false);
    }

    private static LocalSource Identify(FolderEntry root)
    {
        FileStatus status = Libc.Status(root.Source);
        return new LocalSource(root.Source, root.Name, root.Kind == FolderEntryKind.Directory, status.Device, status.Inode);
    }

    private static bool InFolder(DataAddress target) => target.Path is null || target.Path.EndsWith('/');

    private static FolderEntry Describe(CommandContext context, string source)
    {
        if (source == "-")
        {
            throw new CliException("stdin can only be put alone", "put it with a command of its own", usage: true);
        }

        string path = Path.TrimEndingDirectorySeparator(context.Resolve(source));
        if (!Path.Exists(path))
        {
            throw new CliException($"there is no file or folder '{source}'");
        }

        // What a person names is followed, where it is a link; what lies below is kept as it is.
        string real = new FileInfo(path).LinkTarget is null ? path : Path.GetFullPath(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        return FolderListing.Describe(real, Path.GetFileName(path));
    }

    private static IEnumerable<FolderEntry> Entries(IReadOnlyList<FolderEntry> roots)
    {
        foreach (FolderEntry root in roots)
        {
            if (root.Kind != FolderEntryKind.Directory)
            {
                yield return root;
                continue;
            }

            string prefix = roots.Count == 1 ? "" : root.Name + "/";
            foreach (FolderEntry entry in FolderListing.Walk(root.Source, prefix, entry => entry.Name == prefix + CheckoutNote.Folder))
            {
                yield return entry;
            }
        }
    }

    private static async Task<PutResult> PutOneAsync(CommandContext context, DataAddress target, FolderEntry file, PutOptions options, CancellationToken cancellationToken)
    {
        TransferProgress progress = new(context.Time, $"putting {file.Name}:", file.Size);
        using ProgressLine line = new(context, progress.ToString);
        return await context.Client.PutFileAsync(
            target.ToFile(),
            options,
            (file.Permissions & 0x40) != 0,
            async (destination, token) =>
            {
                using ExactFile source = new(file.Source, file.Size, progress.Add);
                await source.CopyToAsync(destination, 128 * 1024, token).ConfigureAwait(false);
            },
            file.Size,
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task<PutResult> PutStdinAsync(CommandContext context, DataAddress target, PutOptions options, CancellationToken cancellationToken)
    {
        if (InFolder(target))
        {
            throw new CliException("stdin has no name", $"name the file: {target.Below("NAME").ToFile()}", usage: true);
        }

        TransferProgress progress = new(context.Time, "putting stdin:", null);
        using ProgressLine line = new(context, progress.ToString);
        return await context.Client.PutFileAsync(
            target.ToFile(),
            options,
            executable: false,
            async (destination, token) =>
            {
                using Stream source = context.OpenInput();
                byte[] buffer = new byte[128 * 1024];
                int count;
                while ((count = await source.ReadAsync(buffer, token).ConfigureAwait(false)) > 0)
                {
                    await destination.WriteAsync(buffer.AsMemory(0, count), token).ConfigureAwait(false);
                    progress.Add(count);
                }
            },
            null,
            cancellationToken).ConfigureAwait(false);
    }
}
