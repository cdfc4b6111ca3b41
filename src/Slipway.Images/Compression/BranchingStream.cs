using System.IO.Pipelines;
using Slipway.Content;

namespace Slipway.Images.Compression;

/// <summary>
/// Passes a stream's bytes on, and gives them to a branch as well: until nobody reads there any more, or whoever reads kept this one waiting for too long in all.
/// Then the branch is completed where it is.
/// </summary>
internal sealed class BranchingStream(Stream inner, PipeWriter branch, TimeSpan patience, TimeProvider time) : ReadOnlyStream
{
    private TimeSpan _left = patience;
    private bool _isOver;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken);
        if (!_isOver && count > 0 && !await IsTakenAsync(buffer[..count], cancellationToken))
        {
            _isOver = true;
            await branch.CompleteAsync();
        }

        return count;
    }

    /// <returns>Whether more may be given. The bytes are in the branch either way.</returns>
    private async ValueTask<bool> IsTakenAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> flush = branch.WriteAsync(bytes, cancellationToken);
        if (flush.IsCompletedSuccessfully)
        {
            return !flush.Result.IsCompleted;
        }

        long began = time.GetTimestamp();
        try
        {
            FlushResult flushed = await flush.AsTask().WaitAsync(_left, time, cancellationToken);
            _left -= time.GetElapsedTime(began);
            return !flushed.IsCompleted && _left > TimeSpan.Zero;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
