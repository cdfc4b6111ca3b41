using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Daemon.Collection;

/// <summary>The images of containers, which may have lost their names: a container that is started again may have to unpack its layers once more.</summary>
internal sealed class ContainerRoots(ContainerEngine engine) : IRootSource
{
    /// <inheritdoc/>
    public string Name => "containers";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        foreach (Image image in engine.List(all: true).Select(container => container.Spec.Image))
        {
            foreach (Digest digest in (Digest[])[image.Digest, image.ConfigDigest, .. image.Layers.Select(layer => layer.Descriptor.Digest)])
            {
                yield return new Root(RootKind.Blob, digest);
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DeadRow> ReadDeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DeadRow>();
}
