using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>
/// Copies an open file into a new one and digests the copy, side by side: one thread copies inside the kernel (by reference where the file system
/// can), the other follows and hashes what has arrived, so that what was hashed is what is kept. Holes stay holes.
/// </summary>
internal sealed class FileIntake(SafeFileHandle source, TemporaryFile target)
{
    private const int CopyStep = 8 << 20;
    private const int HashStep = 1 << 20;

    private readonly Lock _lock = new();
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _copied;

    /// <summary>Returns what the copy holds.</summary>
    /// <param name="length">How many bytes of the source to take.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: the source is shorter by now.</exception>
    public async ValueTask<(BlobInfo Blob, HashState? State)> RunAsync(long length, CancellationToken cancellationToken)
    {
        target.SetLength(length);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task copying = Task.Run(() => CopyAsync(length, either.Token), CancellationToken.None);
        try
        {
            using ResumableHash hash = new();
            await Task.Run(() => HashAsync(hash, length, copying, either.Token), CancellationToken.None);
            await copying;
            return (new BlobInfo(hash.Current(), length), hash.State);
        }
        finally
        {
            // Both use the files, which the caller closes.
            await either.CancelAsync();
            await copying.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task CopyAsync(long length, CancellationToken cancellationToken)
    {
        await using Writeback writeback = new(target.Handle);
        long position = 0;
        while (position < length && Libc.NextData(source, position) is var (start, end) && start < length)
        {
            Arrived(start);
            position = start;
            for (end = Math.Min(end, length); position < end;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long copied = Copy(position, Math.Min(CopyStep, end - position));
                if (copied == 0)
                {
                    throw new SlipwayException(ErrorKind.Conflict, "the file was cut short while it was read", "Let its writer finish first, then try again.");
                }

                position += copied;
                Arrived(position);
                writeback.Advance(position);
            }
        }

        Arrived(length);

        // The hashing takes longer than the copying: the disk works meanwhile, and the flush that follows finds little to do.
        target.SyncContent();
    }

    private long Copy(long position, long length)
    {
        long copied = target.CopyFrom(source, position, position, length);
        if (copied >= 0)
        {
            return copied;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(HashStep);
        try
        {
            int count = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length)), position);
            target.Write(buffer.AsSpan(0, count), position);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The copy is whole up to <paramref name="position"/>.</summary>
    private void Arrived(long position)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            _copied = position;
            waiting = _progress;
            _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.TrySetResult();
    }

    private async Task HashAsync(ResumableHash hash, long length, Task copying, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(HashStep);
        try
        {
            long position = 0;
            while (position < length)
            {
                (long copied, Task more) = Progress();
                if (copied == position)
                {
                    await (await Task.WhenAny(more, copying)).WaitAsync(cancellationToken);
                    continue;
                }

                while (position < copied)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int count = RandomAccess.Read(target.Handle, buffer.AsSpan(0, (int)Math.Min(HashStep, copied - position)), position);
                    hash.Append(buffer.AsSpan(0, count));
                    position += count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private (long Copied, Task More) Progress()
    {
        lock (_lock)
        {
            return (_copied, _progress.Task);
        }
    }
}
