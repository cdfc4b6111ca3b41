using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Repositories;

namespace Slipway.Images.Client;

/// <summary>Brings images from registries into the store: several layers at once, none that is here already, each on from where its connection broke.</summary>
public sealed class ImagePuller(RepositoryStore repositories, IBlobStore blobs, TimeProvider time)
{
    private const int AtOnce = 4;

    /// <summary>Pulls what a reference means there, and gives it that name here. Of an index, the image of a platform; null: all of them.</summary>
    /// <param name="referrers">Whether what is about these images comes along: provenance, bills of materials, signatures.</param>
    /// <returns>The digest of the manifest that the reference means, and how many bytes came.</returns>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>; <see cref="ErrorKind.Corrupt"/>: it is not what its digest says.
    /// </exception>
    public async Task<(Digest Manifest, long Bytes)> PullAsync(
        RegistryConnection registry, ImageReference reference, Platform? platform, bool referrers, IProgress<TransferStep>? progress, CancellationToken cancellationToken)
    {
        TransferTally tally = new($"pulling {reference.Familiar}", progress);
        string wanted = reference.Digest is { } pinned ? pinned.ToString() : reference.Tag!;
        (byte[] json, string? type) = await RemoteContent.ReadManifestAsync(registry, wanted, cancellationToken);
        ManifestContent content = ManifestContent.Parse(json, type);
        List<Digest> subjects = [Digest.Of(json)];
        foreach (Descriptor child in ChildrenFor(content, reference, platform))
        {
            subjects.Add(child.Digest);
            (byte[] image, string? childType) = await RemoteContent.ReadManifestAsync(registry, child.Digest.ToString(), cancellationToken);
            await KeepAsync(registry, image, childType, null, tally, cancellationToken);
        }

        string? tag = reference.Digest is null ? reference.Tag : null;
        Digest manifest = await KeepAsync(registry, json, type, tag, tally, cancellationToken);
        if (referrers)
        {
            await PullReferrersAsync(registry, subjects, tally, cancellationToken);
        }

        return (manifest, tally.Done);
    }

    /// <summary>What is about these manifests, and what is about that in turn.</summary>
    private async Task PullReferrersAsync(RegistryConnection registry, IEnumerable<Digest> subjects, TransferTally tally, CancellationToken cancellationToken)
    {
        Queue<Digest> waiting = new(subjects);
        HashSet<Digest> seen = [.. waiting];
        while (waiting.TryDequeue(out Digest subject))
        {
            foreach (Descriptor referrer in (await ReferrersTag.ListAsync(registry, subject, cancellationToken)).Where(referrer => seen.Add(referrer.Digest)))
            {
                (byte[] json, string? type) = await RemoteContent.ReadManifestAsync(registry, referrer.Digest.ToString(), cancellationToken);
                await KeepAsync(registry, json, type, null, tally, cancellationToken);
                waiting.Enqueue(referrer.Digest);
            }
        }
    }

    /// <summary>The bytes of a manifest and the media type that the registry states; nothing is kept.</summary>
    /// <param name="reference">A tag or a digest.</param>
    /// <exception cref="SlipwayException">As <see cref="PullAsync"/>.</exception>
    public Task<(byte[] Json, string? Type)> ReadManifestAsync(RegistryConnection registry, string reference, CancellationToken cancellationToken) =>
        RemoteContent.ReadManifestAsync(registry, reference, cancellationToken);

    /// <summary>Brings one blob into the store, under no name, where it is not here yet. The caller holds a lease.</summary>
    /// <exception cref="SlipwayException">As <see cref="PullAsync"/>.</exception>
    public Task FetchBlobAsync(RegistryConnection registry, Descriptor blob, CancellationToken cancellationToken) =>
        FetchAsync(registry, blob, new TransferTally("", null), cancellationToken);

    private static IEnumerable<Descriptor> ChildrenFor(ManifestContent content, ImageReference reference, Platform? platform)
    {
        if (!MediaTypes.IsIndex(content.MediaType) || platform is null)
        {
            return content.Children;
        }

        return content.Children.FirstOrDefault(child => child.Platform is { } made && platform.Runs(made)) is { } found ? [found] : throw new SlipwayException(
            ErrorKind.NotFound,
            $"{reference.Familiar} has no image for {platform}",
            $"It has: {string.Join(", ", content.Children.Select(child => child.Platform?.ToString()).Where(made => made is not null and not "unknown/unknown"))}");
    }

    private async Task<Digest> KeepAsync(RegistryConnection registry, byte[] json, string? type, string? tag, TransferTally tally, CancellationToken cancellationToken)
    {
        ManifestContent content = ManifestContent.Parse(json, type);
        await Parallel.ForEachAsync(
            content.Blobs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (blob, stop) => await FetchAsync(registry, blob, tally, stop));
        ManifestRecord kept = await repositories.PutManifestAsync(registry.Repository, json, content.MediaType, tag, whole: false, cancellationToken);
        return kept.Manifest;
    }

    private async Task FetchAsync(RegistryConnection registry, Descriptor blob, TransferTally tally, CancellationToken cancellationToken)
    {
        if (await blobs.FindAsync(blob.Digest, cancellationToken) is not null)
        {
            // The store may have these bytes for somebody else's data: a manifest that only names them must not hand them to who may pull this repository.
            if (await repositories.FindBlobAsync(registry.Repository, blob.Digest, renew: false, cancellationToken) is null)
            {
                await RemoteContent.RequireBlobAsync(registry, blob.Digest, cancellationToken);
            }

            return;
        }

        tally.Expect(blob.Size);
        await using Stream content = RemoteContent.OpenBlob(registry, blob.Digest, blob.Size, tally.Add, time);
        await blobs.PutAsync(content, blob.Digest, cancellationToken);
    }
}
