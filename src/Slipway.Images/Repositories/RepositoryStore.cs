using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;

namespace Slipway.Images.Repositories;

/// <summary>
/// The store as a registry shows it: repositories with manifests, tags and blobs, where the tags are the images' names and the blobs those of the store. What is
/// not linked to a repository is not seen in it, whoever else has it stored. Safe for threads.
/// </summary>
public sealed class RepositoryStore(IMetadataStore metadata, IBlobStore blobs, TimeProvider time)
{
    /// <summary>A blob that is looked for less often than this loses nothing; so reads of a busy one write no row.</summary>
    private static readonly TimeSpan RenewAfter = TimeSpan.FromDays(1);

    private readonly RepositoryTables _links = new();
    private readonly ImageIndexTables _images = new();

    /// <summary>The manifest that a tag or a digest means in a repository, or null.</summary>
    public ValueTask<ManifestRecord?> FindManifestAsync(RepositoryName repository, string reference, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            Digest? digest = Digest.TryParse(reference, out Digest pinned) ? pinned
                : !ImageReference.IsTag(reference) ? null
                : (await _images.FindTagAsync(reader, ImageReference.Of(repository, reference), cancellationToken))?.Manifest;
            return digest is { } manifest ? await _links.FindManifestAsync(reader, repository, manifest, cancellationToken) : null;
        },
        cancellationToken);

    /// <summary>
    /// Keeps a manifest byte for byte, as the image that it is where it is one, and moves a tag to it. Durable when it returns. The caller holds a lease.
    /// </summary>
    /// <param name="repository">Null: no repository has it, so that it is kept only where it is an image.</param>
    /// <param name="tag">Null: it is reached by its digest only.</param>
    /// <param name="whole">Whether everything that it names must be here. (Of a pulled index, one platform is.)</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: not a manifest; <see cref="ErrorKind.NotFound"/>: the repository lacks a blob or manifest that it names.
    /// </exception>
    public async ValueTask<ManifestRecord> PutManifestAsync(
        RepositoryName? repository, ReadOnlyMemory<byte> json, string? mediaType, string? tag, bool whole, CancellationToken cancellationToken)
    {
        ManifestContent content = ManifestContent.Parse(json, mediaType);
        BlobInfo stored = await blobs.PutAsync(json, cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        ManifestRecord record = ManifestRecord.Of(stored.Digest, stored.Size, content, now);
        await RequireStoredAsync(repository, content, cancellationToken);
        ImageRecord? image = await ImageOfAsync(stored.Digest, content, now, cancellationToken);
        await blobs.FlushAsync(cancellationToken);
        return await metadata.WriteAsync(
            async transaction =>
            {
                if (repository is not null)
                {
                    List<BlobRecord> linked = await CheckAsync(transaction, repository, content, whole, now, cancellationToken);
                    await _links.LinkAsync(transaction, repository, record, linked, cancellationToken);
                }

                if (image is not null && await _images.FindImageAsync(transaction, image.Manifest, cancellationToken) is null)
                {
                    await _images.PutImageAsync(transaction, image, cancellationToken);
                }

                if (repository is not null && tag is not null)
                {
                    await _images.PutTagAsync(transaction, ImageReference.Of(repository, tag), new(stored.Digest, now), cancellationToken);
                }

                return record;
            },
            cancellationToken);
    }

    /// <summary>
    /// Takes a manifest and its tags out of a repository, and what is said about it there, but for what has a tag or is in an index. Its image goes where no other
    /// repository has it.
    /// </summary>
    /// <param name="isUsed">Whether something runs the image, which then stays, without a name.</param>
    /// <returns>False where the repository does not have it.</returns>
    public ValueTask<bool> DeleteManifestAsync(RepositoryName repository, Digest manifest, bool isUsed, CancellationToken cancellationToken) => metadata.WriteAsync(
        async transaction =>
        {
            if (await _links.UnlinkAsync(transaction, repository, manifest, cancellationToken) is null)
            {
                return false;
            }

            bool isNamed = false;
            HashSet<Digest> named = [];
            foreach ((ImageReference reference, TagRecord tag) in await _images.ListTagsAsync(transaction, cancellationToken))
            {
                bool isHere = tag.Manifest == manifest && RepositoryName.Of(reference) == repository;
                isNamed |= tag.Manifest == manifest && !isHere;
                if (isHere)
                {
                    await _images.DeleteTagAsync(transaction, reference, cancellationToken);
                }
                else
                {
                    named.Add(tag.Manifest);
                }
            }

            await foreach ((_, ManifestRecord left) in _links.ScanManifestsAsync(transaction, repository, cancellationToken))
            {
                named.UnionWith(left.Children);
            }

            await _links.UnlinkReferrersAsync(transaction, repository, manifest, named, cancellationToken);

            isNamed |= await _links.ScanManifestsAsync(transaction, null, cancellationToken).AnyAsync(row => row.Value.Manifest == manifest, cancellationToken);
            if (!isNamed && !isUsed)
            {
                await _images.DeleteImageAsync(transaction, manifest, cancellationToken);
                await _links.UnlinkReferrersAsync(transaction, RepositoryName.Nameless, manifest, named, cancellationToken);
            }

            return true;
        },
        cancellationToken);

    /// <summary>Whether an index of the repository names a manifest.</summary>
    public ValueTask<bool> IsNamedAsync(RepositoryName repository, Digest manifest, CancellationToken cancellationToken) => metadata.ReadAsync(
        reader => _links.ScanManifestsAsync(reader, repository, cancellationToken).AnyAsync(row => row.Value.Children.Contains(manifest), cancellationToken), cancellationToken);

    /// <summary>Takes a tag away; what it meant stays. False where there is none.</summary>
    public ValueTask<bool> DeleteTagAsync(RepositoryName repository, string tag, CancellationToken cancellationToken) => metadata.WriteAsync(
        transaction => _images.DeleteTagAsync(transaction, ImageReference.Of(repository, tag), cancellationToken), cancellationToken);

    /// <summary>A blob of a repository, or null.</summary>
    /// <param name="renew">Whether whoever asks may rely on it for a manifest, so that it must not be collected soon.</param>
    public async ValueTask<BlobInfo?> FindBlobAsync(RepositoryName repository, Digest digest, bool renew, CancellationToken cancellationToken)
    {
        if (await metadata.ReadAsync(reader => _links.FindBlobAsync(reader, repository, digest, cancellationToken), cancellationToken) is not { } link
            || await blobs.FindAsync(digest, cancellationToken) is not { } blob)
        {
            return null;
        }

        if (renew && time.GetUtcNow() - link.Renewed > RenewAfter)
        {
            await AddBlobAsync(repository, blob, cancellationToken);
        }

        return blob;
    }

    /// <summary>Links a stored blob to a repository. Durable when it returns. The caller holds a lease under which it put or found the blob.</summary>
    public async ValueTask AddBlobAsync(RepositoryName repository, BlobInfo blob, CancellationToken cancellationToken)
    {
        await blobs.FlushAsync(cancellationToken);
        BlobRecord link = new(blob.Digest, blob.Size, time.GetUtcNow());
        await metadata.WriteAsync(
            async transaction =>
            {
                await _links.PutBlobAsync(transaction, repository, link, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Takes a blob out of a repository; false where the repository does not have it.</summary>
    public ValueTask<bool> DeleteBlobAsync(RepositoryName repository, Digest digest, CancellationToken cancellationToken) =>
        metadata.WriteAsync(transaction => _links.DeleteBlobAsync(transaction, repository, digest, cancellationToken), cancellationToken);

    /// <summary>The tags of a repository in the order of their bytes; null where there is no such repository.</summary>
    public ValueTask<List<string>?> ListTagsAsync(RepositoryName repository, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            List<string> tags = await _images.ListTagsAsync(reader, repository, cancellationToken);
            bool isThere = tags.Count > 0 || await _links.ScanManifestsAsync(reader, repository, cancellationToken).AnyAsync(cancellationToken)
                || await _links.ScanBlobsAsync(reader, repository, cancellationToken).AnyAsync(cancellationToken);
            return isThere ? tags : null;
        },
        cancellationToken);

    /// <summary>Every repository that has a manifest, in the order of their names.</summary>
    public ValueTask<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            SortedSet<string> names = new(StringComparer.Ordinal);
            await foreach ((string key, _) in _links.ScanManifestsAsync(reader, null, cancellationToken))
            {
                if (RepositoryTables.RepositoryOf(key) is var repository && repository != RepositoryName.Nameless)
                {
                    names.Add(repository.ToString());
                }
            }

            return names.ToImmutableArray();
        },
        cancellationToken);

    /// <summary>For blobs that other repositories of the same registry have too: one of these, from which it can be mounted.</summary>
    public ValueTask<IReadOnlyDictionary<Digest, RepositoryName>> FindElsewhereAsync(
        RepositoryName repository, IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) => metadata.ReadAsync<IReadOnlyDictionary<Digest, RepositoryName>>(
        async reader =>
        {
            HashSet<Digest> wanted = [.. digests];
            Dictionary<Digest, RepositoryName> found = [];
            await foreach ((string key, BlobRecord blob) in _links.ScanBlobsAsync(reader, null, cancellationToken))
            {
                if (wanted.Contains(blob.Blob) && RepositoryTables.RepositoryOf(key) is var other && other.Domain == repository.Domain && other != repository)
                {
                    found[blob.Blob] = other;
                }
            }

            return found;
        },
        cancellationToken);

    /// <summary>The manifests of any repository that are about <paramref name="subject"/>, each once, by digest: an image may have got its name here later than they did.</summary>
    public ValueTask<List<ManifestRecord>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            SortedDictionary<string, ManifestRecord> found = new(StringComparer.Ordinal);
            await foreach ((_, ManifestRecord manifest) in _links.ScanManifestsAsync(reader, null, cancellationToken))
            {
                if (manifest.Subject == subject)
                {
                    found[manifest.Manifest.Hex] = manifest;
                }
            }

            return found.Values.ToList();
        },
        cancellationToken);

    /// <summary>
    /// The manifests of a repository that are about <paramref name="subject"/>, which need not be there: those that say so, and those that a client which knew of no
    /// list of referrers wrote into the index under the subject's tag (distribution specification, "Referrers Tag Schema" and "Enabling the Referrers API").
    /// </summary>
    public ValueTask<List<ManifestRecord>> ListReferrersAsync(RepositoryName repository, Digest subject, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            List<ManifestRecord> found = [];
            List<Digest> referrers = await _links.ListReferrersAsync(reader, repository, subject, cancellationToken);
            TagRecord? tagged = await _images.FindTagAsync(reader, ImageReference.Of(repository, $"sha256-{subject.Hex}"), cancellationToken);
            ManifestRecord? index = tagged is null ? null : await _links.FindManifestAsync(reader, repository, tagged.Manifest, cancellationToken);
            foreach (Digest referrer in referrers.Union(index?.Children ?? []))
            {
                if (await _links.FindManifestAsync(reader, repository, referrer, cancellationToken) is { } manifest)
                {
                    found.Add(manifest);
                }
            }

            return found;
        },
        cancellationToken);

    /// <summary>Looks for each blob under the caller's lease, so that none is collected before the row that names it is written.</summary>
    private async ValueTask RequireStoredAsync(RepositoryName? repository, ManifestContent content, CancellationToken cancellationToken)
    {
        foreach (Descriptor blob in content.Blobs)
        {
            if (await blobs.FindAsync(blob.Digest, cancellationToken) is not { } found)
            {
                throw Unknown(repository, "blob", blob.Digest);
            }

            if (found.Size != blob.Size)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"the manifest says that blob {blob.Digest} has {blob.Size} bytes, but it has {found.Size}");
            }
        }
    }

    private async ValueTask<List<BlobRecord>> CheckAsync(
        IMetadataReader reader, RepositoryName repository, ManifestContent content, bool whole, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<BlobRecord> linked = [];
        foreach (Descriptor blob in content.Blobs)
        {
            if (whole && await _links.FindBlobAsync(reader, repository, blob.Digest, cancellationToken) is null)
            {
                throw Unknown(repository, "blob", blob.Digest);
            }

            linked.Add(new(blob.Digest, blob.Size, now));
        }

        foreach (Descriptor child in whole ? content.Children : [])
        {
            if (await _links.FindManifestAsync(reader, repository, child.Digest, cancellationToken) is null)
            {
                throw Unknown(repository, "manifest", child.Digest);
            }
        }

        return linked;
    }

    /// <summary>The image that a manifest is; null for an index, an artifact, and what claims to be an image but cannot be one.</summary>
    private async ValueTask<ImageRecord?> ImageOfAsync(Digest manifest, ManifestContent content, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!content.IsImage || content.Config!.Size > ImageIndexTables.LargestConfig)
        {
            return null;
        }

        try
        {
            ImageConfig config = ImageConfigJson.Parse(await blobs.ReadAllAsync(content.Config.Digest, cancellationToken));
            return config.DiffIds.Length == content.Layers.Length
                ? new ImageRecord(manifest, content.Config.Digest, [.. content.Layers.Select(layer => layer.Digest)], now)
                : null;
        }
        catch (SlipwayException fault) when (fault.Kind == ErrorKind.InvalidArgument)
        {
            return null;
        }
    }

    private static SlipwayException Unknown(RepositoryName? repository, string what, Digest digest) =>
        new(ErrorKind.NotFound, $"{(repository is null ? "the store" : $"repository {repository}")} has no {what} {digest}, which the manifest names", "Push it first.");
}
