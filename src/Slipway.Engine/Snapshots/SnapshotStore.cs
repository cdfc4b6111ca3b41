using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;

namespace Slipway.Engine;

/// <summary>Unpacked layers by chain id. Surface only for now; the body follows.</summary>
public sealed class SnapshotStore(string directory, IBlobStore blobs) : IAsyncDisposable
{
    public string Directory => directory;

    public IBlobStore Blobs => blobs;

    public ValueTask<Rootfs> PrepareAsync(Image image, CancellationToken cancellationToken) => throw Pending();

    public ValueTask<Rootfs> PrepareAsync(Image image, int layerCount, CancellationToken cancellationToken) => throw Pending();

    public ValueTask<Layer> CommitAsync(Digest? parentChainId, string upperDirectory, DateTimeOffset clampTo, CancellationToken cancellationToken) => throw Pending();

    public ValueTask RemoveUnusedAsync(IReadOnlySet<Digest> keepChainIds, CancellationToken cancellationToken) => throw Pending();

    public ValueTask DisposeAsync() => throw Pending();

    private static SlipwayException Pending() => new(ErrorKind.Internal, "the snapshot store is being written");
}
