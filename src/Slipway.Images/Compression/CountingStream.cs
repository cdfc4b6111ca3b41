using Slipway.Content;

namespace Slipway.Images.Compression;

/// <summary>Passes a stream's bytes on and says how many there were.</summary>
internal sealed class CountingStream(Stream inner, Action<long>? read) : ReadOnlyStream
{
    public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Count(await inner.ReadAsync(buffer, cancellationToken));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int bytes)
    {
        read?.Invoke(bytes);
        return bytes;
    }
}
