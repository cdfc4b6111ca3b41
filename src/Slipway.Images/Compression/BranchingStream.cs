using System.IO.Pipelines;
using Slipway.Content;

namespace Slipway.Images.Compression;

/// <summary>Passes a stream's bytes on, and gives them to a branch as well for as long as somebody reads there.</summary>
internal sealed class BranchingStream(Stream inner, PipeWriter branch) : ReadOnlyStream
{
    private bool _isRead = true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken);
        if (_isRead && count > 0)
        {
            FlushResult flushed = await branch.WriteAsync(buffer[..count], cancellationToken);
            _isRead = !flushed.IsCompleted;
        }

        return count;
    }
}
