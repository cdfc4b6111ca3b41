using System.Security.Cryptography;
using Slipway.Content.Keys;

namespace Slipway.Content.Blobs.Sealed;

/// <summary>
/// Reads a sealed blob as the plain bytes that it holds; seekable. Every byte given out was vouched for by its segment's tag; bytes read through
/// in order are also compared with the digest.
/// </summary>
internal sealed class OpeningStream : Stream
{
    private readonly Stream _inner;
    private readonly SealedRow _row;
    private readonly byte[] _header;
    private readonly AesGcm _cipher;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _bytes = new byte[SealedFormat.SegmentSize + SealedFormat.TagSize];
    private readonly byte[] _plain = new byte[SealedFormat.SegmentSize];
    private long _segment = -1;
    private long _position;
    private long _hashed;
    private bool _verified;

    private OpeningStream(Stream inner, SealedRow row, byte[] header, AesGcm cipher) => (_inner, _row, _header, _cipher) = (inner, row, header, cipher);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _row.Size;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Takes over the sealed bytes that an index row tells of.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: they are not what the row tells of.</exception>
    public static OpeningStream Open(Stream inner, SealedRow row, ProjectKeys keys)
    {
        byte[] header = new byte[SealedFormat.HeaderSize];
        if (inner.Length != SealedFormat.LengthOf(row.Size)
            || inner.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || SealedFormat.Read(header) is not var (id, salt)
            || !salt.AsSpan().SequenceEqual(row.Salt)
            || keys.Find(id) is not { } key)
        {
            inner.Dispose();
            throw Corrupt(row, "its header is not the one that was written");
        }

        return new OpeningStream(inner, row, header, SealedFormat.Cipher(key, salt));
    }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, Math.Max(0, _row.Size - _position));
        if (count > 0)
        {
            Load(_position / SealedFormat.SegmentSize);
            int within = (int)(_position % SealedFormat.SegmentSize);
            count = Math.Min(count, SealedFormat.SegmentSize - within);
            _plain.AsSpan(within, count).CopyTo(buffer);
        }
        else if (_row.Size == 0)
        {
            Load(0);
        }

        Observe(buffer[..count]);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // What is below is a local file or memory: the bytes are there at once.
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
        _ => _row.Size + offset,
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
            _inner.Dispose();
            _cipher.Dispose();
            _hash.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
        }

        base.Dispose(disposing);
    }

    private void Load(long segment)
    {
        if (_segment == segment)
        {
            return;
        }

        bool last = segment == SealedFormat.SegmentsOf(_row.Size) - 1;
        int length = (int)Math.Min(SealedFormat.SegmentSize, _row.Size - (segment * SealedFormat.SegmentSize));
        try
        {
            _segment = -1;
            _inner.Position = SealedFormat.OffsetOf(segment);
            _inner.ReadExactly(_bytes, 0, length + SealedFormat.TagSize);
            SealedFormat.Open(_cipher, _header, segment, last, _bytes.AsSpan(0, length + SealedFormat.TagSize), _plain.AsSpan(0, length));
            _segment = segment;
        }
        catch (Exception error) when (error is AuthenticationTagMismatchException or EndOfStreamException)
        {
            throw Corrupt(_row, "its bytes are not those that were sealed", error);
        }
    }

    private void Observe(ReadOnlySpan<byte> bytes)
    {
        long skip = _hashed - _position;
        if (skip >= 0 && skip < bytes.Length)
        {
            _hash.AppendData(bytes[(int)skip..]);
            _hashed += bytes.Length - skip;
        }

        if (_hashed == _row.Size && !_verified)
        {
            Span<byte> actual = stackalloc byte[Digest.Size];
            _hash.GetHashAndReset(actual);
            _verified = new Digest(actual) == _row.Plain ? true : throw Corrupt(_row, "it holds other content");
        }
    }

    private static SlipwayException Corrupt(SealedRow row, string what, Exception? inner = null) => new(
        ErrorKind.Corrupt,
        $"blob {row.Plain}, sealed as {row.Sealed}, is corrupt: {what}",
        "The disk, or somebody, changed stored bytes. slipway verify names what else is damaged.",
        inner);
}
