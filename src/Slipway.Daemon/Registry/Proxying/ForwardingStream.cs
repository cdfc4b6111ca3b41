using System.IO.Pipelines;
using Slipway.Content;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>
/// A blob on its way from an upstream into the store, which a client gets at the same time. The last piece is held back until the digest was checked, so that a
/// client never takes wrong bytes for the whole. A client that goes away, or takes nothing for a while, is left behind; a source that gives nothing is given up.
/// </summary>
/// <param name="client">Null: nobody waits for it.</param>
/// <param name="size">Of the blob, in bytes.</param>
internal sealed class ForwardingStream(Stream source, PipeWriter? client, long size) : ReadOnlyStream
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private long _came;
    private ReadOnlyMemory<byte> _held;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await WithinAsync(
            async bound => await source.ReadAsync(buffer, bound),
            () => throw new SlipwayException(ErrorKind.Unavailable, $"the upstream gave nothing for {Patience.TotalSeconds:0} seconds"),
            cancellationToken);
        _came += count;
        if (count > 0 && _came >= size)
        {
            _held = buffer[..count].ToArray();
        }
        else
        {
            await ForwardAsync(buffer[..count], cancellationToken);
        }

        return count;
    }

    /// <summary>Gives the client what was held back: the bytes are those of the digest.</summary>
    public ValueTask EndAsync(CancellationToken cancellationToken) => ForwardAsync(_held, cancellationToken);

    private async ValueTask ForwardAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (client is null || piece.IsEmpty)
        {
            return;
        }

        try
        {
            PipeWriter writer = client;
            bool reads = await WithinAsync(async bound => !(await writer.WriteAsync(piece, bound)).IsCompleted, () => false, cancellationToken);
            client = reads ? client : null;
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            client = null;
        }
    }

    private static async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> step, Func<T> late, CancellationToken cancellationToken)
    {
        using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Patience);
        try
        {
            return await step(bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return late();
        }
    }
}
