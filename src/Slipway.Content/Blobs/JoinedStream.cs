namespace Slipway.Content.Blobs;

/// <summary>Reads one stream to its end and then another; neither is disposed.</summary>
internal sealed class JoinedStream(Stream first, Stream second) : ReadOnlyStream
{
    private bool _firstEnded;

    public override int Read(Span<byte> buffer)
    {
        if (!_firstEnded && !buffer.IsEmpty)
        {
            int read = first.Read(buffer);
            if (read > 0)
            {
                return read;
            }

            _firstEnded = true;
        }

        return second.Read(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_firstEnded && !buffer.IsEmpty)
        {
            int read = await first.ReadAsync(buffer, cancellationToken);
            if (read > 0)
            {
                return read;
            }

            _firstEnded = true;
        }

        return await second.ReadAsync(buffer, cancellationToken);
    }
}
