using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs.Loose;

/// <summary>
/// Reads a loose blob and digests what it reads in order; the read that completes the digest throws where it is not the blob's. A reader
/// that seeks over a part is not checked until it has come back and read that part too.
/// </summary>
/// <param name="verified">Called once, when all of the bytes were read and are the blob's.</param>
internal sealed class VerifyingStream(SafeFileHandle file, Digest digest, long length, Action? verified = null) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;
    private long _hashed;
    private bool _verified;

    public override bool CanRead => !file.IsClosed;

    public override bool CanSeek => CanRead;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>What to throw where a blob's file holds other bytes.</summary>
    public static SlipwayException Corrupt(Digest digest) => new(
        ErrorKind.Corrupt,
        $"blob {digest} is corrupt: its file holds other bytes",
        "The disk changed stored bytes. slipway verify --all names what else it hit; with --repair --from HOME it is mended from a replica.");

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(file.IsClosed, this);
        int count = buffer.Length == 0 ? 0 : RandomAccess.Read(file, buffer, _position);
        Observe(buffer[..count], atEnd: count == 0 && buffer.Length > 0);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // A local file's bytes are nearly always in the page cache: a hop to another thread would cost more than the read.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("a blob never changes");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob never changes");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Observe(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        long skip = _hashed - _position;
        if (skip >= 0 && skip < bytes.Length)
        {
            _hash.AppendData(bytes[(int)skip..]);
            _hashed += bytes.Length - skip;
        }

        // A file that was cut short ends where its length, taken when it was opened, says; or before, when the disk lost a part since.
        bool complete = _hashed == length || (atEnd && _hashed == _position);
        if (complete && !_verified)
        {
            Span<byte> actual = stackalloc byte[Digest.Size];
            _hash.GetHashAndReset(actual);
            if (new Digest(actual) != digest)
            {
                throw Corrupt(digest);
            }

            _verified = true;
            verified?.Invoke();
        }
    }
}
