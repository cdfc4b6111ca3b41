using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Linux;

namespace Slipway.Data.Worktrees.Writing;

/// <summary>
/// Writes files of a tree into a folder for people to keep: as files of their own, checked against their digests on the way. A file gets its name when
/// it is whole. Below the folder everything is reached by handle, and no symlink is followed, not even one that was just made.
/// </summary>
/// <param name="overwrite">Whether a file that is there is replaced; else it is an error.</param>
public sealed partial class FolderWriter(RepoContent content, bool overwrite, ScanTally tally)
{
    private const int AnyExecute = 0x49; // 0111
    private const int ReadableByAll = 0x1A4; // 0644
    private const int ExecutableByAll = 0x1ED; // 0755

    /// <summary>Writes everything below a directory of a tree into a folder that is there.</summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="identity">What the asker means by the path.</param>
    /// <returns>False, and nothing done, where another object stands at that path.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.AlreadyExists"/>; <see cref="ErrorKind.Corrupt"/>; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    public async ValueTask<bool> WriteAsync(Digest tree, string directory, FileIdentity identity, CancellationToken cancellationToken)
    {
        using FolderHandle folder = FolderHandle.Open(directory);
        FileStatus status = folder.Status();
        if (new FileIdentity(status.Device, status.Inode) != identity)
        {
            return false;
        }

        await FillAsync(folder, tree, cancellationToken);
        return true;
    }

    private async ValueTask FillAsync(FolderHandle folder, Digest directory, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            await Task.Yield();
        }

        List<TreeEntry> folders = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(content.Trees.ListAsync(directory, null, cancellationToken), options, async (entry, ct) =>
        {
            switch (entry.Kind)
            {
                case EntryKind.File:
                    await WriteFileAsync(folder, entry, ct);
                    break;
                case EntryKind.Symlink:
                    await MakeLinkAsync(folder, entry, ct);
                    break;
                default:
                    lock (folders)
                    {
                        folders.Add(entry);
                    }

                    break;
            }
        });
        foreach (TreeEntry below in folders)
        {
            using FolderHandle child = folder.OpenOrMakeChild(below.Name);
            await FillAsync(child, below.Digest, cancellationToken);
        }
    }

    private async ValueTask WriteFileAsync(FolderHandle folder, TreeEntry entry, CancellationToken cancellationToken)
    {
        if (await HoldsAsync(folder, entry, cancellationToken))
        {
            tally.Found(1, entry.Size);
            return;
        }

        ThrowIfInTheWay(folder, entry.Name);

        // Named after the file, so that what an interrupted get left is taken away by the next.
        string draft = $".slipway-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(entry.Name)))[..32]}";
        folder.Remove(draft);
        try
        {
            using (SafeFileHandle target = folder.CreateFile(draft, entry.Executable ? ExecutableByAll : ReadableByAll))
            {
                await CopyAsync(entry, target, cancellationToken);
            }

            folder.Rename(draft, entry.Name);
            tally.Found(1, entry.Size);
        }
        catch
        {
            folder.Remove(draft);
            throw;
        }
    }

    /// <summary>Whether the file is there with these bytes and this mode: an interrupted get goes on behind it.</summary>
    private static async ValueTask<bool> HoldsAsync(FolderHandle folder, TreeEntry entry, CancellationToken cancellationToken)
    {
        if (folder.StatusOf(entry.Name) is not { IsRegular: true } status || status.Size != entry.Size || ((status.Mode & AnyExecute) != 0) != entry.Executable)
        {
            return false;
        }

        using SafeFileHandle file = folder.OpenFile(entry.Name);
        await using FileStream content = new(file, FileAccess.Read, bufferSize: 0);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) == entry.Digest.Hex;
    }

    private async ValueTask CopyAsync(TreeEntry entry, SafeFileHandle target, CancellationToken cancellationToken)
    {
        try
        {
            await content.Blobs.CopyToAsync(entry.Digest, target, cancellationToken);
        }
        catch (Exception error) when (error is SlipwayException { Kind: ErrorKind.OutOfSpace } or IOException { HResult: Errno.ENOSPC or Errno.EDQUOT })
        {
            throw new SlipwayException(ErrorKind.OutOfSpace, $"'{entry.Name}' does not fit on the disk", "Free some space, then get it again with --force.", error);
        }
    }

    private async ValueTask MakeLinkAsync(FolderHandle folder, TreeEntry link, CancellationToken cancellationToken)
    {
        string target = Encoding.UTF8.GetString(await content.Blobs.ReadAllAsync(link.Digest, cancellationToken));
        if (folder.StatusOf(link.Name) is not { IsSymlink: true } || folder.ReadLink(link.Name) != target)
        {
            ThrowIfInTheWay(folder, link.Name);
            folder.Remove(link.Name);
            folder.MakeLink(link.Name, target);
        }

        tally.Found(1, 0);
    }

    private void ThrowIfInTheWay(FolderHandle folder, string name)
    {
        if (folder.StatusOf(name) is { } status && (!overwrite || status.IsDirectory))
        {
            throw new SlipwayException(
                ErrorKind.AlreadyExists,
                $"{folder.PathOf(name)} exists already{(status.IsDirectory ? " and is a folder" : "")}",
                status.IsDirectory ? "Move it away, or choose another folder with -o." : "Add --force to overwrite, or choose another folder with -o.");
        }
    }
}
