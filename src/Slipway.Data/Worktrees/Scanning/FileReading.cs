using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Linux;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>Reads files of a folder into the store, leaving them where they are.</summary>
internal sealed class FileReading(IBlobStore blobs)
{
    /// <summary>Stores a file's bytes.</summary>
    /// <param name="before">What the file was before, where that is known: a large one shares its bytes.</param>
    /// <returns>The blob, and whether the file held still while it was read.</returns>
    public async ValueTask<(BlobInfo Blob, bool Still)> ReadFileAsync(
        FolderHandle folder, string name, Digest? before, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = folder.OpenFile(name);
        FileStatus began = Libc.Status(file, name);
        if (!began.IsRegular)
        {
            throw new SlipwayException(ErrorKind.Conflict, $"'{folder.PathOf(name)}' is no file any more", "Let what writes there finish first, then try again.");
        }

        BlobInfo blob = await blobs.PutFileAsync(file, before, cancellationToken);
        FileStatus after = Libc.Status(file, name);
        return (blob, blob.Size == after.Size && began.ChangedNanoseconds == after.ChangedNanoseconds);
    }

    /// <summary>Stores a symlink's target.</summary>
    public async ValueTask<BlobInfo> ReadLinkAsync(FolderHandle folder, string name, CancellationToken cancellationToken)
    {
        string target = folder.ReadLink(name);
        return target.Contains('\uFFFD')
            ? throw new SlipwayException(ErrorKind.InvalidArgument, $"the target of symlink '{folder.PathOf(name)}' is not UTF-8: '{target}'")
            : await blobs.PutAsync(Encoding.UTF8.GetBytes(target), cancellationToken);
    }
}
