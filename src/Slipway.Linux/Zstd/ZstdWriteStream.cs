namespace Slipway.Linux.Zstd;

/// <summary>Compresses what is written to it into one zstd frame with a checksum. The same bytes give the same frame, whatever pieces they come in, from the same version of libzstd.</summary>
public sealed class ZstdWriteStream : Stream
{
    private const int OutputBytes = 128 << 10;

    private readonly Stream _target;
    private readonly ZstdEncoderHandle _encoder;
    private readonly byte[] _output = new byte[OutputBytes];
    private bool _ended;

    /// <param name="target">Stays open.</param>
    /// <param name="level">From 1, the fastest, to 19.</param>
    /// <param name="workers">Threads that compress beside the caller; 0: none. A library that was built without them compresses in the caller.</param>
    public ZstdWriteStream(Stream target, int level, int workers)
    {
        _target = target;
        _encoder = ZstdNative.ZSTD_createCCtx();
        if (_encoder.IsInvalid)
        {
            throw new InsufficientMemoryException("libzstd has no memory for an encoder");
        }

        Check(ZstdNative.ZSTD_CCtx_setParameter(_encoder, ZstdNative.CompressionLevel, level));
        Check(ZstdNative.ZSTD_CCtx_setParameter(_encoder, ZstdNative.ChecksumFlag, 1));
        if (workers > 0)
        {
            ZstdNative.ZSTD_CCtx_setParameter(_encoder, ZstdNative.Workers, workers);
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* from = buffer)
        {
            ZstdBuffer given = new() { Start = from, Size = (nuint)buffer.Length };
            while (given.Position < given.Size)
            {
                Encode(&given, ZstdNative.Continue);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Nothing: the frame is whole only when the stream is disposed.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override unsafe void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            _ended = true;
            try
            {
                ZstdBuffer nothing = default;
                while (Encode(&nothing, ZstdNative.End) != 0)
                {
                }
            }
            finally
            {
                _encoder.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private static void Check(nuint code)
    {
        if (ZstdNative.ErrorOf(code) is { } error)
        {
            throw new InvalidOperationException($"libzstd: {error}");
        }
    }

    private unsafe nuint Encode(ZstdBuffer* given, int end)
    {
        fixed (byte* to = _output)
        {
            ZstdBuffer made = new() { Start = to, Size = OutputBytes };
            nuint left = ZstdNative.ZSTD_compressStream2(_encoder, &made, given, end);
            Check(left);
            _target.Write(_output.AsSpan(0, (int)made.Position));
            return left;
        }
    }
}
