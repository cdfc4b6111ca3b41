using Slipway.Content;
using Slipway.Content.Metadata;

namespace Slipway.Images.Repositories;

/// <summary>Takes a manifest without a name out of every repository, and with it what was there for its sake.</summary>
internal static class ManifestRemoval
{
    /// <summary>
    /// Removes the manifest; the manifests of an index and the referrers of what is removed go too, unless they have a name or another index names them.
    /// </summary>
    /// <returns>What was removed.</returns>
    public static async ValueTask<HashSet<Digest>> RunAsync(
        ImageIndexTables images, RepositoryTables links, IMetadataTransaction transaction, Digest manifest, CancellationToken cancellationToken)
    {
        List<(RepositoryName Repository, ManifestRecord Manifest)> all = await links.ScanManifestsAsync(transaction, null, cancellationToken)
            .Select(row => (RepositoryTables.RepositoryOf(row.Key), row.Value)).ToListAsync(cancellationToken);
        HashSet<Digest> tagged = [.. (await images.ListTagsAsync(transaction, cancellationToken)).Select(tag => tag.Tag.Manifest)], gone = [];
        Queue<Digest> going = new([manifest]);
        while (going.TryDequeue(out Digest next))
        {
            gone.Add(next);
            await images.DeleteImageAsync(transaction, next, cancellationToken);
            foreach ((RepositoryName repository, _) in all.Where(row => row.Manifest.Manifest == next))
            {
                await links.UnlinkAsync(transaction, repository, next, cancellationToken);
            }

            HashSet<Digest> named = [.. all.Where(row => !gone.Contains(row.Manifest.Manifest)).SelectMany(row => row.Manifest.Children)];
            foreach (Digest follower in Followers(all, next).Where(follower => !tagged.Contains(follower) && !named.Contains(follower) && !gone.Contains(follower)))
            {
                going.Enqueue(follower);
            }
        }

        return gone;
    }

    /// <summary>The manifests that an index names, and those that are about a manifest.</summary>
    private static HashSet<Digest> Followers(List<(RepositoryName Repository, ManifestRecord Manifest)> all, Digest manifest) =>
    [
        .. all.Where(row => row.Manifest.Manifest == manifest).SelectMany(row => row.Manifest.Children),
        .. all.Where(row => row.Manifest.Subject == manifest).Select(row => row.Manifest.Manifest),
    ];
}
