using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Images.Repositories;

namespace Slipway.Images;

/// <summary>The rules of <c>docker rmi</c>, inside one transaction.</summary>
internal static class ImageRemoval
{
    // 1. Find what the text means. 2. Decide which names go. 3. Where none is left the image goes, and with it the blobs that nobody else needs.
    public static async ValueTask<RemovedImage?> RunAsync(
        ImageIndexTables tables, IMetadataTransaction transaction, string text, bool force, CancellationToken cancellationToken)
    {
        if (await tables.ResolveAsync(transaction, text, cancellationToken) is not { } manifest)
        {
            return null;
        }

        ImmutableArray<(ImageReference Reference, TagRecord Tag)> tags = await tables.ListTagsAsync(transaction, cancellationToken);
        ImmutableArray<ImageReference> names = [.. tags.Where(tag => tag.Tag.Manifest == manifest).Select(tag => tag.Reference)];
        ImmutableArray<ImageReference> untagged = NamesToRemove(text, names, manifest, force);
        foreach (ImageReference name in untagged)
        {
            await tables.DeleteTagAsync(transaction, name, cancellationToken);
        }

        RepositoryTables links = new();
        HashSet<RepositoryName> left = [.. names.Except(untagged).Select(RepositoryName.Of)];
        foreach (RepositoryName repository in untagged.Select(RepositoryName.Of).Distinct().Where(repository => !left.Contains(repository)))
        {
            // With the last name everything that is said about the image goes, below; here what this repository says.
            if (untagged.Length < names.Length)
            {
                await links.UnlinkReferrersAsync(transaction, repository, manifest, tags.Select(tag => tag.Tag.Manifest).ToHashSet(), cancellationToken);
            }

            await links.UnlinkAsync(transaction, repository, manifest, cancellationToken);
        }

        if (untagged.Length < names.Length)
        {
            return new(untagged, [], []);
        }

        ImmutableArray<ImageRecord> all = await tables.ListImagesAsync(transaction, cancellationToken);
        HashSet<Digest> gone = await ManifestRemoval.RunAsync(tables, links, transaction, manifest, cancellationToken);
        return new(untagged, [.. gone], await UnusedAsync(transaction, all, gone, cancellationToken));
    }

    private static ImmutableArray<ImageReference> NamesToRemove(string text, ImmutableArray<ImageReference> names, Digest manifest, bool force)
    {
        if (ImageReference.TryParse(text, out ImageReference? asked) && asked.Digest is null && names.Contains(asked))
        {
            return [asked];
        }

        return names.Length <= 1 || force
            ? names
            : throw new SlipwayException(
                ErrorKind.Conflict,
                $"image {manifest.Short} has {names.Length} names: {string.Join(", ", names.Select(name => name.Familiar))}",
                $"Remove the names one by one, or all with: slipway rmi --force {manifest.Short}");
    }

    private static async ValueTask<ImmutableArray<Digest>> UnusedAsync(
        IMetadataTransaction transaction, ImmutableArray<ImageRecord> all, HashSet<Digest> gone, CancellationToken cancellationToken)
    {
        HashSet<Digest> used = [.. all.Where(record => !gone.Contains(record.Manifest)).SelectMany(BlobsOf)];
        ImmutableArray<Digest>.Builder unused = ImmutableArray.CreateBuilder<Digest>();
        foreach (Digest blob in all.Where(record => gone.Contains(record.Manifest)).SelectMany(BlobsOf).Distinct().Where(blob => !used.Contains(blob)))
        {
            if (!await LayerUses.AnyAsync(transaction, blob, cancellationToken))
            {
                unused.Add(blob);
            }
        }

        return unused.ToImmutable();
    }

    private static IEnumerable<Digest> BlobsOf(ImageRecord record) => [record.Manifest, record.Config, .. record.Layers];
}
