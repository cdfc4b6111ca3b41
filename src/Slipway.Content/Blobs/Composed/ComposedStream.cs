using Slipway.Content.Hashing;

namespace Slipway.Content.Blobs.Composed;

/// <summary>Reads a composed blob, and checks it as it is read in order: the read that completes it throws where the bytes are not the blob's.</summary>
/// <param name="open">Opens a part's source, which checks itself where it is read as a whole.</param>
/// <param name="isChecked">False for bytes that have no digest yet.</param>
/// <param name="openUnchecked">Opens a part's source that does not check itself, for as long as the whole is read in order and checked as such; null: none does.</param>
internal sealed class ComposedStream(
    Digest digest, Recipe recipe, Func<Digest, Stream> open, bool isChecked = true, Func<Digest, Stream>? openUnchecked = null) : Stream
{
    private readonly ResumableHash _hash = new();
    private readonly long[] _starts = Starts(recipe);
    private Stream? _source;
    private int _part = -1;
    private bool _isUnchecked;
    private long _position;
    private long _hashed;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => recipe.Size;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _position >= Length)
        {
            return 0;
        }

        int part = PartAt(_position);
        RecipePart range = recipe.Parts[part];
        long within = _position - _starts[part];
        bool isInOrder = isChecked && _hashed == _position;
        if (part != _part || (_isUnchecked && !isInOrder))
        {
            _source?.Dispose();
            _isUnchecked = isInOrder && openUnchecked is not null;
            _source = _isUnchecked ? openUnchecked!(range.Source) : open(range.Source);
            _part = part;
        }

        _source!.Position = range.Offset + within;
        int count = _source.Read(buffer[..(int)Math.Min(buffer.Length, range.Length - within)]);
        if (count == 0)
        {
            throw Corrupt("a part of it is shorter than it was");
        }

        Observe(buffer[..count]);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // As of a loose blob: the bytes are nearly always in the page cache.
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
        _ => Length + offset,
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
            _source?.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private static long[] Starts(Recipe recipe)
    {
        long[] starts = new long[recipe.Parts.Length];
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + recipe.Parts[i - 1].Length;
        }

        return starts;
    }

    private int PartAt(long position) => Array.BinarySearch(_starts, position) is int at and < 0 ? ~at - 1 : Array.BinarySearch(_starts, position);

    private void Observe(ReadOnlySpan<byte> bytes)
    {
        long skip = _hashed - _position;
        if (!isChecked || skip < 0 || skip >= bytes.Length)
        {
            return;
        }

        _hash.Append(bytes[(int)skip..]);
        _hashed += bytes.Length - skip;
        if (_hashed == Length && _hash.Current() != digest)
        {
            throw Corrupt("its parts hold other bytes");
        }
    }

    private SlipwayException Corrupt(string why) => new(
        ErrorKind.Corrupt, $"blob {digest} is corrupt: {why}", "slipway verify --all names what else is damaged; with --repair --from HOME it is mended from a replica.");
}
