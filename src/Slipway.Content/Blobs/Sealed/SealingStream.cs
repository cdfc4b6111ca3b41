using System.Security.Cryptography;
using Slipway.Content.Keys;

namespace Slipway.Content.Blobs.Sealed;

/// <summary>Reads plain bytes from a source and gives them out sealed, once, from the start. Knows their digest at the end.</summary>
internal sealed class SealingStream : ReadOnlyStream
{
    private readonly Stream _source;
    private readonly byte[] _header;
    private readonly AesGcm _cipher;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _sealed = new byte[SealedFormat.SegmentSize + SealedFormat.TagSize];
    private byte[] _plain = new byte[SealedFormat.SegmentSize];
    private byte[] _ahead = new byte[SealedFormat.SegmentSize];
    private ReadOnlyMemory<byte> _ready;
    private int _aheadLength = -1;
    private long _segment;
    private bool _ended;

    public SealingStream(Stream source, DataKey key, byte[] salt)
    {
        _source = source;
        _header = SealedFormat.Header(key.Id, salt);
        _cipher = SealedFormat.Cipher(key, salt);
        _ready = _header;
    }

    /// <summary>How many plain bytes were read.</summary>
    public long Size { get; private set; }

    /// <summary>The digest of the plain bytes; to be called once, at the end.</summary>
    public Digest TakeDigest()
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        _hash.GetHashAndReset(hash);
        return new Digest(hash);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_ready.IsEmpty && !await SealNextAsync(cancellationToken))
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            _hash.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
            CryptographicOperations.ZeroMemory(_ahead);
        }

        base.Dispose(disposing);
    }

    /// <summary>Seals the next segment. The one after it is read first: only then is it known which is the last.</summary>
    private async ValueTask<bool> SealNextAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return false;
        }

        if (_aheadLength < 0)
        {
            _aheadLength = await FillAsync(_ahead, cancellationToken);
        }

        (_plain, _ahead) = (_ahead, _plain);
        int length = _aheadLength;
        _aheadLength = length < SealedFormat.SegmentSize ? 0 : await FillAsync(_ahead, cancellationToken);
        _ended = _aheadLength == 0;
        _hash.AppendData(_plain, 0, length);
        Size += length;
        SealedFormat.Seal(_cipher, _header, _segment++, _ended, _plain.AsSpan(0, length), _sealed);
        _ready = _sealed.AsMemory(0, length + SealedFormat.TagSize);
        return true;
    }

    private ValueTask<int> FillAsync(byte[] buffer, CancellationToken cancellationToken) =>
        _source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
}
