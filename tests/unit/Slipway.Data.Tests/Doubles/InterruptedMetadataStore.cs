using Slipway.Content.Metadata;

namespace Slipway.Data.Tests.Doubles;

/// <summary>Lets something happen between the reading of the head and the transaction that swaps it.</summary>
internal sealed class InterruptedMetadataStore(IMetadataStore inner) : IMetadataStore
{
    public Func<Task>? BeforeNextWrite { get; set; }

    public int Writes { get; private set; }

    public ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken) => inner.ReadAsync(body, cancellationToken);

    public async ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        Writes++;
        if (BeforeNextWrite is { } before)
        {
            BeforeNextWrite = null;
            await before();
        }

        return await inner.WriteAsync(body, cancellationToken);
    }

    public ValueTask DisposeAsync() => default;
}
