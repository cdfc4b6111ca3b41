using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Content.Blobs.Packs;
using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <inheritdoc/>
    public ValueTask<BlobInfo> PutFileAsync(SafeFileHandle file, CancellationToken cancellationToken) =>
        TakeFileAsync(file, similar: null, cancellationToken);

    private async ValueTask<BlobInfo> TakeFileAsync(SafeFileHandle file, Digest? similar, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        try
        {
            long length = RandomAccess.GetLength(file);
            return length <= PackFormat.LargestBlob
                ? await PutSmallFileAsync(file, (int)length, cancellationToken)
                : await PutLargeFileAsync(file, length, similar, cancellationToken);
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
    }

    private async ValueTask<BlobInfo> PutSmallFileAsync(SafeFileHandle file, int length, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length + 1);
        try
        {
            int filled = 0;
            int count;
            while (filled < length && (count = RandomAccess.Read(file, buffer.AsSpan(filled, length - filled), filled)) > 0)
            {
                filled += count;
            }

            return await PutAsync(buffer.AsMemory(0, filled), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<BlobInfo> PutLargeFileAsync(SafeFileHandle file, long length, Digest? similar, CancellationToken cancellationToken)
    {
        using TemporaryFile copy = TemporaryFile.Create(_directory.Disk, _directory.Temporary);
        FileIntake intake = new(file, copy);
        long before = similar is { } version && FindSize(version) is { } size && size >= LargeSize ? size : -1;
        (BlobInfo blob, HashState? state) = await intake.RunAsync(length, cancellationToken, markAt: before);
        await AnnounceAsync(blob.Digest, cancellationToken);

        // Where the version before is the beginning of this one, as in a log that grew, neither need be read again to see it.
        long knownPrefix = intake.Mark is { } mark && mark == similar ? before : 0;
        await KeepAsync(blob, copy, similar, cancellationToken, knownPrefix);
        KeepState(blob, state);
        _checked?.Add(blob.Digest, Libc.Status(copy.Handle));
        return blob;
    }
}
