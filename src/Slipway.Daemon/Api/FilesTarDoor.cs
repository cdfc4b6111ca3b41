using System.Formats.Tar;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Api;

/// <summary>Many files at once, as a tar: put below a path, get a folder.</summary>
internal sealed class FilesTarDoor(CommitStore commits, RepoContents contents, CommitWriter writer)
{
    private const int InMemoryBytes = 64 * 1024;

    private const long LargestOfGnu = 8L << 30;

    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public void Map(WebApplication app)
    {
        app.MapPost(Routes.FilesTar, PutAsync);
        app.MapGet(Routes.FilesTar, GetAsync);
    }

    private async Task PutAsync(HttpContext http)
    {
        WriteTarget target = await writer.TargetAsync(http, http.RequestAborted);
        IBlobStore blobs = contents.Of(target.Repo).Blobs;
        Dictionary<DataPath, TreeEntry> received = [];
        long bytes = 0;
        try
        {
            await using TarReader reader = new(http.Request.Body, leaveOpen: true);
            while (await reader.GetNextEntryAsync(copyData: false, http.RequestAborted) is { } entry)
            {
                Check(entry.Name);
                if (PathOf(target.Path, entry.Name) is { } path && await StoreAsync(blobs, target.Path, path, entry, received, http.RequestAborted) is { } stored)
                {
                    received[path] = stored;
                    bytes += stored.Size;
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the body is not a whole tar: {error.Message}; nothing was committed", innerException: error);
        }

        List<TreeEdit> edits = new(received.Count + 1);
        if (Ask.Flag(http, "replace"))
        {
            edits.Add(new DeletePath(target.Path));
        }

        edits.AddRange(received.Select(pair => new PutEntry(pair.Key, pair.Value)));
        Commit commit = await writer.WriteAsync(target, edits, http.RequestAborted);
        await Answer.JsonAsync(http, new PutResult(DataWire.Commit(commit), received.Count, bytes), ApiJson.Default.PutResult);
    }

    /// <summary>Stores one entry's bytes; null for a folder, which a tree keeps only through what is in it.</summary>
    private static async ValueTask<TreeEntry?> StoreAsync(
        IBlobStore blobs, DataPath root, DataPath path, TarEntry entry, Dictionary<DataPath, TreeEntry> received, CancellationToken cancellationToken)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes:
                return null;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                BlobInfo blob = await PutAsync(blobs, entry, cancellationToken);
                return TreeEntry.File(path.Name, blob.Size, blob.Digest, (entry.Mode & AnyExecute) != 0);
            case TarEntryType.SymbolicLink:
                BlobInfo target = await blobs.PutAsync(Encoding.UTF8.GetBytes(entry.LinkName), cancellationToken);
                return new TreeEntry(path.Name, EntryKind.Symlink, false, target.Size, target.Digest);
            case TarEntryType.HardLink when PathOf(root, entry.LinkName) is { } linked && received.TryGetValue(linked, out TreeEntry? same):
                return same with { Name = path.Name };
            default:
                throw new SlipwayException(
                    ErrorKind.InvalidArgument, $"'{entry.Name}' is of kind {entry.EntryType}: a repo holds files, folders and symbolic links; nothing was committed");
        }
    }

    private static async ValueTask<BlobInfo> PutAsync(IBlobStore blobs, TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.DataStream is null)
        {
            return await blobs.PutAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
        }

        if (entry.Length > InMemoryBytes)
        {
            return await blobs.PutAsync(entry.DataStream, expected: null, cancellationToken);
        }

        byte[] small = new byte[entry.Length];
        await entry.DataStream.ReadExactlyAsync(small, cancellationToken);
        return await blobs.PutAsync(small, cancellationToken);
    }

    /// <summary>Refuses a name that would lead elsewhere, and one that is not UTF-8: the reader has put U+FFFD for what it could not read.</summary>
    private static void Check(string name)
    {
        string? fault = name.StartsWith('/') ? "it is absolute" : name.Contains('\uFFFD', StringComparison.Ordinal) ? "it is not UTF-8" : null;
        if (fault is not null)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"the tar has the name '{name}', which a repo does not take: {fault}; nothing was committed", "Make the tar with names below one folder, in UTF-8.");
        }
    }

    private static DataPath? PathOf(DataPath root, string name)
    {
        DataPath path = root;
        foreach (string part in name.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part != ".")
            {
                // Append refuses "..", NUL and the like, naming the path.
                path = path.Append(part);
            }
        }

        return path == root ? null : path;
    }

    private async Task GetAsync(HttpContext http)
    {
        CommitReference at = CommitReference.Parse(Ask.Query(http, "at"));
        Commit commit = await commits.ResolveAsync(at, http.RequestAborted);
        commit.ThrowIfDropped();
        DataPath path = at.Path ?? DataPath.Root;
        (IBlobStore blobs, TreeStore trees) = contents.Of(at.Repo);
        TreeEntry? entry = commit.Tree is { } tree ? await trees.FindAsync(tree, path, http.RequestAborted) : null;
        if (entry is null)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"{at.Repo}@{at.Revision} has no {path}", $"See what it has: slipway ls {at.Repo}@{at.Revision}");
        }

        http.Response.ContentType = "application/x-tar";
        await using TarWriter tar = new(http.Response.Body, TarEntryFormat.Pax, leaveOpen: true);
        if (entry.Kind != EntryKind.Directory)
        {
            await WriteAsync(blobs, tar, path.Name, entry, http.RequestAborted);
            return;
        }

        await foreach ((DataPath below, TreeEntry file) in trees.WalkAsync(entry.Digest, http.RequestAborted))
        {
            await WriteAsync(blobs, tar, below.ToString()[1..], file, http.RequestAborted);
        }
    }

    private static async Task WriteAsync(IBlobStore blobs, TarWriter tar, string name, TreeEntry entry, CancellationToken cancellationToken)
    {
        bool link = entry.Kind == EntryKind.Symlink;
        string? target = link ? Encoding.UTF8.GetString(await blobs.ReadAllAsync(entry.Digest, cancellationToken)) : null;
        TarEntryType type = link ? TarEntryType.SymbolicLink : TarEntryType.RegularFile;

        // The platform's reader, which our client uses, takes a line feed in a PAX record for its end; GNU's headers have no such records.
        TarEntry header = entry.Size < LargestOfGnu && (name + target).Contains('\n', StringComparison.Ordinal) ? new GnuTarEntry(type, name) : new PaxTarEntry(type, name);
        header.Mode = (UnixFileMode)(entry.Executable ? 0x1ED : 0x1A4);
        header.ModificationTime = DateTimeOffset.UnixEpoch;
        if (target is not null)
        {
            header.LinkName = target;
            await tar.WriteEntryAsync(header, cancellationToken);
            return;
        }

        await using Stream content = await blobs.OpenAsync(entry.Digest, cancellationToken);
        header.DataStream = content;
        await tar.WriteEntryAsync(header, cancellationToken);
    }
}
