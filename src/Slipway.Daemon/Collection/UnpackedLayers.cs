using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Daemon.Collection;

/// <summary>Removes snapshots that no image and no container stands on: they can be made again from the layers.</summary>
internal sealed class UnpackedLayers(ImageStore images, ContainerEngine engine, SnapshotStore snapshots, LayerUse layers)
{
    /// <summary>Does so once no build uses layers.</summary>
    public Task FreeAsync(CancellationToken cancellationToken) => layers.SweepAsync(() => SweepAsync(cancellationToken), cancellationToken);

    /// <summary>Does so where no build uses layers just now; false where one does.</summary>
    public Task<bool> TryFreeAsync(CancellationToken cancellationToken) => layers.TrySweepAsync(() => SweepAsync(cancellationToken), cancellationToken);

    /// <summary>Does so for a caller that keeps builds away meanwhile.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        HashSet<Digest> keep = [];
        IEnumerable<Image> alive = [.. (await images.ListAsync(cancellationToken)).Select(tagged => tagged.Image), .. engine.List(all: true).Select(container => container.Spec.Image)];
        foreach (Image image in alive)
        {
            for (int count = 1; count <= image.Layers.Length; count++)
            {
                keep.Add(image.ChainId(count));
            }
        }

        await snapshots.RemoveUnusedAsync(keep, cancellationToken);
    }
}
