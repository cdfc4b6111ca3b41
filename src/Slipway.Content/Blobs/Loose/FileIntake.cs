using System.Buffers;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>
/// Takes an open file into a new one and digests what is kept, on two threads: one reads and writes, the other hashes the very buffers that were
/// written, so that SHA-256, which is the slowest of it, never waits. Where the file system shares blocks, the copy is made by reference first, and
/// the reading is of the copy. Holes stay holes.
/// </summary>
internal sealed class FileIntake(SafeFileHandle source, TemporaryFile target)
{
    private const int Step = 1 << 19;

    /// <summary>So many buffers wait between the two threads.</summary>
    private const int Ahead = 8;

    private static readonly byte[] Zeros = new byte[1 << 16];

    private long _hashed;
    private long _markAt = -1;

    private readonly Channel<Piece> _pieces = Channel.CreateBounded<Piece>(
        new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });

    /// <summary>The digest of the first bytes of the copy, as many as <see cref="RunAsync"/> was told; null where it was told none.</summary>
    public Digest? Mark { get; private set; }

    /// <summary>Returns what the copy holds.</summary>
    /// <param name="length">How many bytes of the source to take.</param>
    /// <param name="markAt">Of how many of the first bytes to note the digest, too: whether a known file is the beginning of this one costs no further look.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: the source is shorter by now.</exception>
    public async ValueTask<(BlobInfo Blob, HashState? State)> RunAsync(long length, CancellationToken cancellationToken, long markAt = -1)
    {
        _markAt = markAt;
        target.SetLength(length);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task copying = Task.Run(() => CopyAsync(length, either.Token), CancellationToken.None);
        try
        {
            using ResumableHash hash = new();
            await Task.Run(() => HashAsync(hash, either.Token), CancellationToken.None);
            await copying;
            return (new BlobInfo(hash.Current(), length), hash.State);
        }
        finally
        {
            // The copying uses the files, which the caller closes.
            await either.CancelAsync();
            await copying.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task CopyAsync(long length, CancellationToken cancellationToken)
    {
        try
        {
            bool shared = target.TryCloneFrom(source, 0, 0, length);
            await using Writeback writeback = new(shared ? null : target.Handle);
            long position = 0;
            while (position < length && Libc.NextData(shared ? target.Handle : source, position) is var (start, end) && start < length)
            {
                await PassAsync(new Piece(null, start - position), cancellationToken);
                position = start;
                for (end = Math.Min(end, length); position < end;)
                {
                    Piece piece = Read(shared ? target.Handle : source, position, (int)Math.Min(Step, end - position));
                    if (!shared)
                    {
                        target.Write(piece.Bytes.AsSpan(0, (int)piece.Length), position);
                    }

                    position += piece.Length;
                    await PassAsync(piece, cancellationToken);
                    writeback.Advance(position);
                }
            }

            await PassAsync(new Piece(null, length - position), cancellationToken);
            _pieces.Writer.Complete();
        }
        catch (Exception exception)
        {
            _pieces.Writer.TryComplete(exception);
            throw;
        }

        // The hashing takes longer than the copying: the disk works meanwhile, and the flush that follows finds little to do.
        target.SyncContent();
    }

    private ValueTask PassAsync(Piece piece, CancellationToken cancellationToken) =>
        piece.Length == 0 ? ValueTask.CompletedTask : _pieces.Writer.WriteAsync(piece, cancellationToken);

    private static Piece Read(SafeFileHandle file, long position, int length)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        int count = RandomAccess.Read(file, buffer.AsSpan(0, length), position);
        return count > 0
            ? new Piece(buffer, count)
            : throw new SlipwayException(ErrorKind.Conflict, "the file was cut short while it was read", "Let its writer finish first, then try again.");
    }

    private async Task HashAsync(ResumableHash hash, CancellationToken cancellationToken)
    {
        await foreach (Piece piece in _pieces.Reader.ReadAllAsync(cancellationToken))
        {
            if (piece.Bytes is { } bytes)
            {
                Append(hash, bytes.AsSpan(0, (int)piece.Length));
                ArrayPool<byte>.Shared.Return(bytes);
                continue;
            }

            for (long left = piece.Length; left > 0; left -= Zeros.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Append(hash, Zeros.AsSpan(0, (int)Math.Min(left, Zeros.Length)));
            }
        }
    }

    private void Append(ResumableHash hash, ReadOnlySpan<byte> bytes)
    {
        if (_markAt > _hashed && _markAt <= _hashed + bytes.Length)
        {
            int before = (int)(_markAt - _hashed);
            hash.Append(bytes[..before]);
            Mark = hash.Current();
            bytes = bytes[before..];
            _hashed += before;
        }

        hash.Append(bytes);
        _hashed += bytes.Length;
    }

    /// <summary>Bytes that were written, or a hole of that length.</summary>
    private readonly record struct Piece(byte[]? Bytes, long Length);
}
