using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Content.Blobs.Packs;
using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <summary>
    /// Takes one file into the store. A large one is digested and renamed; it is copied instead where somebody could still change it
    /// behind our back: it has another name, it belongs to another user and cannot be made ours, or it stands on another file system.
    /// </summary>
    private sealed class Adoption(LocalBlobStore store, string path)
    {
        private const int ReadOnlyForAll = 0x124; // 0444

        public async ValueTask<BlobInfo> RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                using SafeFileHandle file = Open(out FileStatus status);
                BlobInfo blob = await TakeAsync(file, status, cancellationToken);
                BlobFile.Remove(path);
                return blob;
            }
            catch (Exception exception) when (DiskFailure.IsKnown(exception))
            {
                throw DiskFailure.Translate(exception, store._directory.Root);
            }
        }

        /// <summary>Opens the file itself, never what a symlink points at, and without waiting for a fifo's other end.</summary>
        private SafeFileHandle Open(out FileStatus status)
        {
            SafeFileHandle file;
            try
            {
                file = Libc.Open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock);
            }
            catch (LinuxException exception) when (exception.Errno is Errno.ELOOP or Errno.ENXIO)
            {
                throw NotRegular(exception);
            }

            status = Libc.Status(file, path);
            if (!status.IsRegular)
            {
                file.Dispose();
                throw NotRegular(null);
            }

            return file;
        }

        private SlipwayException NotRegular(Exception? exception) => new(
            ErrorKind.InvalidArgument, $"{path} is not a regular file, and only such a file can become a blob", innerException: exception);

        private async ValueTask<BlobInfo> TakeAsync(SafeFileHandle file, FileStatus status, CancellationToken cancellationToken)
        {
            // The stream shares the handle's life with this method, which disposes it.
            FileStream content = new(file, FileAccess.Read, bufferSize: 0);
            if (status.Size <= PackFormat.LargestBlob || status.Links > 1)
            {
                return await store.PutAsync(content, expected: null, cancellationToken);
            }

            (BlobInfo blob, HashState? state) = await ContentPipe.RunAsync(default, content, target: null, cancellationToken);
            await store.AnnounceAsync(blob.Digest, cancellationToken);
            bool isKept = false;
            if (blob.Size > PackFormat.LargestBlob)
            {
                store.Arrive(blob.Digest, () => isKept = store._loose.FindSize(blob.Digest) is not null || TryRename(file, status, blob));
            }

            if (!isKept)
            {
                content.Position = 0;
                return await store.PutAsync(content, blob.Digest, cancellationToken);
            }

            store.KeepState(blob, state);
            store._checked?.Add(blob.Digest, Libc.Status(file));
            return blob;
        }

        /// <summary>Moves the file into the store; false, with the file where it was, where it must be copied.</summary>
        private bool TryRename(SafeFileHandle file, FileStatus status, BlobInfo blob)
        {
            int user = Libc.EffectiveUser();
            if (status.User != user && user != 0)
            {
                return false;
            }

            string staged = TemporaryFile.NewPath(store._directory.Temporary);
            try
            {
                store._directory.Disk.Rename(path, staged);
            }
            catch (LinuxException exception) when (exception.Errno is Errno.EXDEV or Errno.EPERM or Errno.EACCES)
            {
                return false;
            }

            FileStatus now = Libc.Status(staged);
            if (now.Inode != status.Inode || now.Size != blob.Size || now.Links != 1
                || (now.ModifiedSeconds, now.ModifiedNanoseconds) != (status.ModifiedSeconds, status.ModifiedNanoseconds))
            {
                store._directory.Disk.Rename(staged, path);
                throw new SlipwayException(
                    ErrorKind.Conflict, $"{path} changed while it was taken into the store", "Let its writer finish first, then try again.");
            }

            if (status.User != user)
            {
                Libc.ChangeOwner(file, user, -1, staged);
            }

            Libc.Fchmod(file, ReadOnlyForAll, staged);
            if (!store._loose.TryStage(blob, staged))
            {
                store._directory.Disk.Delete(staged);
            }

            return true;
        }
    }
}
