using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Linux;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// Takes folders and files of the file system into a repo's store and leaves them where they are. What was read is noted in an index for each folder
/// (see <see cref="ScanIndex"/>), so that the next time only what has changed is read.
/// </summary>
/// <param name="indexes">The folder of the indexes: a cache that may be removed at any time.</param>
/// <param name="sealedIndexes">The same for what is put into encrypted projects: an index names files.</param>
public sealed partial class FolderReader(string indexes, TimeProvider time, string? sealedIndexes = null)
{
    /// <summary>So many folders and files that were put are remembered.</summary>
    private const int MostIndexes = 1000;

    /// <summary>
    /// Makes a tree of everything below a folder; a symlink is kept as one and never followed; folders that hold no file vanish. Nothing is durable
    /// before <see cref="IBlobStore.FlushAsync"/>.
    /// </summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="identity">The device and inode that the folder must have: what the asker means by the path.</param>
    /// <param name="present">What stands in the repo where the folder is put; it makes the scan cheaper. Null: nothing.</param>
    /// <returns>The folder's entry, without a name; null where another object stands at that path, or nothing that we may open.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: a socket, device or fifo, or a name that is not UTF-8; names its path.</exception>
    public async ValueTask<TreeEntry?> ReadFolderAsync(
        RepoContent content, string directory, FileIdentity identity, TreeEntry? present, ScanTally tally, CancellationToken cancellationToken)
    {
        using FolderHandle? folder = TryOpen(directory);
        if (folder is null || folder.Status() is var status && new FileIdentity(status.Device, status.Inode) != identity)
        {
            return null;
        }

        string path = IndexOf(content, directory, identity);
        using ScanIndex known = ScanIndex.Open(path);
        using ScanIndexWriter next = new(path);
        using FolderScan scan = new(content, known, next, Now(), tally);
        TreeEntry tree = await scan.ReadAsync(folder, DataPath.Root, present, cancellationToken);
        next.Complete();
        return tree;
    }

    /// <summary>
    /// Forgets what was read: to be called when stored bytes may have gone although a commit names them, by a purge or by damage. Then a put reads again, and
    /// either mends what was lost or is refused what was purged.
    /// </summary>
    public void Forget() => Remove(static (_, _) => true);

    /// <summary>Removes what a killed process left unfinished, and all but the indexes that were used last.</summary>
    public void Tidy() => Remove(static (index, rank) => rank >= MostIndexes || index.Name.Contains('.', StringComparison.Ordinal));

    /// <summary>Stores one file, unless it is the very one that was stored before.</summary>
    /// <returns>Its entry, without a name; null where another object, or no file, stands at that path.</returns>
    public async ValueTask<TreeEntry?> ReadFileAsync(
        RepoContent content, string file, FileIdentity identity, ScanTally tally, CancellationToken cancellationToken)
    {
        using FolderHandle? folder = Path.GetDirectoryName(file) is { } parent ? TryOpen(parent) : null;
        string name = Path.GetFileName(file);
        if (folder?.StatusOf(name) is not { IsRegular: true } status || new FileIdentity(status.Device, status.Inode) != identity)
        {
            return null;
        }

        ScannedEntry[] entry = [ScannedEntry.Of(Encoding.UTF8.GetBytes(name), status, ScannedEntry.KindOf(status)!.Value)];
        string path = IndexOf(content, file, identity);
        Digest? before = null;
        using (ScanIndex known = ScanIndex.Open(path))
        {
            if (known.Find("/") is { } indexed && indexed.MoveNext() && (before = indexed.Digest) is not null && indexed.IsSame(entry[0]) && await content.Blobs.FindAsync(indexed.Digest, cancellationToken) is not null)
            {
                entry[0].Digest = indexed.Digest;
            }
        }

        tally.Found(1, status.Size);
        if (entry[0].Digest.IsEmpty)
        {
            long began = Now();
            (BlobInfo blob, bool still) = await new FileReading(content.Blobs).ReadFileAsync(folder, name, before, cancellationToken);
            entry[0].WasRead(blob, still, began);
            tally.WasRead();
            using ScanIndexWriter next = new(path);
            ScanIndexWriter.Folder only = next.Begin("/");
            only.Add(entry);
            only.Complete(default, blob.Size);
            next.Complete();
        }

        return entry[0].ToTreeEntry("");
    }

    private string IndexOf(RepoContent content, string path, FileIdentity identity) =>
        Path.Combine(content.IsSealed ? sealedIndexes ?? indexes : indexes, Digest.Of($"{path}\0{identity}").Hex[..32]);

    private static FolderHandle? TryOpen(string directory)
    {
        try
        {
            return FolderHandle.Open(directory);
        }
        catch (SlipwayException error) when (error.Kind is ErrorKind.NotFound or ErrorKind.PermissionDenied or ErrorKind.Conflict)
        {
            // The asker sees it and we do not: another mount namespace, or a file system that keeps even root out.
            return null;
        }
    }

    private void Remove(Func<FileInfo, int, bool> isDue)
    {
        foreach (string folder in new[] { indexes, sealedIndexes }.OfType<string>().Where(Directory.Exists))
        {
            int rank = 0;
            foreach (FileInfo index in new DirectoryInfo(folder).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc))
            {
                if (isDue(index, rank++))
                {
                    index.Delete();
                }
            }
        }
    }

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
