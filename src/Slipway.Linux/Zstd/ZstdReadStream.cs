namespace Slipway.Linux.Zstd;

/// <summary>What zstd-compressed bytes (RFC 8878) expand to: any number of frames, one after the other. A frame may ask for a window of at most 128 MiB, libzstd's own bound.</summary>
public sealed class ZstdReadStream : Stream
{
    private const int InputBytes = 128 << 10;

    private readonly Stream _source;
    private readonly bool _leaveOpen;
    private readonly ZstdDecoderHandle _decoder;
    private readonly byte[] _input = new byte[InputBytes];
    private int _filled;
    private int _used;
    private bool _isWithinFrame;

    /// <param name="source">Read to its end.</param>
    public ZstdReadStream(Stream source, bool leaveOpen = false)
    {
        _source = source;
        _leaveOpen = leaveOpen;
        _decoder = ZstdNative.ZSTD_createDCtx();
        if (_decoder.IsInvalid)
        {
            throw new InsufficientMemoryException("libzstd has no memory for a decoder");
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The bytes are damaged, or end within a frame.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_used == _filled)
            {
                (_used, _filled) = (0, _source.Read(_input));
                if (_filled == 0)
                {
                    // What the decoder still holds comes out without more input.
                    int last = Decode(buffer);
                    return last > 0 || !_isWithinFrame ? last : throw new InvalidDataException("the zstd stream ends within a frame");
                }
            }

            if (Decode(buffer) is var made and > 0)
            {
                return made;
            }
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            if (!_leaveOpen)
            {
                _source.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private unsafe int Decode(Span<byte> output)
    {
        fixed (byte* to = output, from = _input)
        {
            ZstdBuffer made = new() { Start = to, Size = (nuint)output.Length };
            ZstdBuffer given = new() { Start = from, Size = (nuint)_filled, Position = (nuint)_used };
            bool isIdle = _used == _filled && !_isWithinFrame;
            nuint code = isIdle ? 0 : ZstdNative.ZSTD_decompressStream(_decoder, &made, &given);
            if (ZstdNative.ErrorOf(code) is { } error)
            {
                throw new InvalidDataException($"the zstd stream is damaged: {error}");
            }

            _isWithinFrame = code != 0;
            _used = (int)given.Position;
            return (int)made.Position;
        }
    }
}
