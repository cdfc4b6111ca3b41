using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>Reads another stream and leaves it open: a request disposes its body, and the next try reads it again.</summary>
internal sealed class LentStream(Stream owned) : ReadOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => owned.ReadAsync(buffer, cancellationToken);

    public override int Read(Span<byte> buffer) => owned.Read(buffer);
}
