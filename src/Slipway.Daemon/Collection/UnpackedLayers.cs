using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Linux;

namespace Slipway.Daemon.Collection;

/// <summary>How much room snapshots take, or took.</summary>
internal readonly record struct UnpackedRoom(long Count, long Bytes);

/// <summary>Removes snapshots that no image and no container stands on: they can be made again from the layers.</summary>
/// <param name="folder">Where they are: what stands in it begins with the chain's hex.</param>
internal sealed class UnpackedLayers(ImageStore images, ContainerEngine engine, SnapshotStore snapshots, LayerUse layers, string folder)
{
    private const int HexLength = 64;

    /// <summary>Does so once no build uses layers.</summary>
    public Task FreeAsync(CancellationToken cancellationToken) => layers.SweepAsync(() => SweepAsync(cancellationToken), cancellationToken);

    /// <summary>Does so where no build uses layers just now; false where one does.</summary>
    public Task<bool> TryFreeAsync(CancellationToken cancellationToken) => layers.TrySweepAsync(() => SweepAsync(cancellationToken), cancellationToken);

    /// <summary>As <see cref="TryFreeAsync"/>; says how much room that made, or would make.</summary>
    /// <param name="rehearse">Finds out, and removes nothing.</param>
    public async Task<UnpackedRoom> TryFreeAsync(bool rehearse, CancellationToken cancellationToken)
    {
        // Measuring takes a while, in which images come: what they need is looked up anew by the sweep.
        List<(string Path, long Bytes)> unused = await UnusedAsync(cancellationToken);
        bool isSwept = !rehearse && await TryFreeAsync(cancellationToken);
        (string Path, long Bytes)[] gone = [.. unused.Where(snapshot => rehearse || (isSwept && !Path.Exists(snapshot.Path)))];
        return new(gone.Length, gone.Sum(snapshot => snapshot.Bytes));
    }

    /// <summary>Does so for a caller that keeps builds away meanwhile.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken) => await snapshots.RemoveUnusedAsync(await NeededAsync(cancellationToken), cancellationToken);

    private async Task<HashSet<Digest>> NeededAsync(CancellationToken cancellationToken)
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

        return keep;
    }

    private async Task<List<(string Path, long Bytes)>> UnusedAsync(CancellationToken cancellationToken)
    {
        HashSet<Digest> keep = await NeededAsync(cancellationToken);
        return await Task.Run(
            () =>
            {
                List<(string, long)> unused = [];
                foreach (string path in Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [])
                {
                    string name = Path.GetFileName(path);
                    if (name.Length >= HexLength && Digest.TryParseHex(name.AsSpan(0, HexLength), out Digest chain) && !keep.Contains(chain))
                    {
                        unused.Add((path, FolderSize.Of(path, cancellationToken)));
                    }
                }

                return unused;
            },
            cancellationToken);
    }
}
