using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Images.Layers;
using Slipway.Images.Repositories;

namespace Slipway.Images;

/// <summary>
/// The images of this store and their names. Manifests, configs and layers are blobs kept as raw bytes: a digest is never computed from
/// re-serialised objects. Safe to call from many threads.
/// </summary>
public sealed class ImageStore(IMetadataStore metadata, IBlobStore blobs, TimeProvider time)
{
    private readonly ImageIndexTables _tables = new();
    private readonly RepositoryTables _links = new();

    /// <summary>
    /// The image that a name, a digest (<c>sha256:…</c> of manifest or config) or at least 4 hex digits of one mean, or null.
    /// A name wins over a prefix, as docker has it.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the prefix means several images.</exception>
    public async ValueTask<Image?> FindAsync(string referenceOrIdPrefix, CancellationToken cancellationToken)
    {
        Digest? digest = await metadata.ReadAsync(reader => _tables.ResolveAsync(reader, referenceOrIdPrefix, cancellationToken), cancellationToken);
        return digest is { } found ? await ReadForAsync(found, referenceOrIdPrefix, Platform.Host, cancellationToken) : null;
    }

    /// <summary>
    /// Gives what one name means another name: an image, or an index with all its platforms.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, with the nearest names there are.</exception>
    public async ValueTask TagAsync(string image, ImageReference reference, CancellationToken cancellationToken)
    {
        await TagAsync(await ResolveAsync(image, cancellationToken), reference, cancellationToken);
    }

    /// <summary>The manifest that a name, a digest or the beginning of one means: an image's, or an index's.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, with the nearest names there are.</exception>
    public async ValueTask<Digest> ResolveAsync(string image, CancellationToken cancellationToken) =>
        await metadata.ReadAsync(reader => _tables.ResolveAsync(reader, image, cancellationToken), cancellationToken) ?? throw await UnknownAsync(image, cancellationToken);

    /// <summary>The image of this machine's platform that a name means; null where it means an artifact, or images of other platforms only.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: it means nothing.</exception>
    public async ValueTask<Image?> FindRunnableAsync(string image, CancellationToken cancellationToken)
    {
        Digest manifest = await ResolveAsync(image, cancellationToken);
        ManifestContent content = await ReadContentAsync(manifest, cancellationToken);
        bool mayRun = content.IsImage || content.Children.Any(child => child.Platform is { } made && Platform.Host.Runs(made));
        return mayRun ? await GetAsync(image, cancellationToken) : null;
    }

    /// <summary>Whether a name with a tag means something here.</summary>
    public async ValueTask<bool> HasTagAsync(ImageReference reference, CancellationToken cancellationToken) =>
        await metadata.ReadAsync(reader => _tables.FindTagAsync(reader, reference, cancellationToken), cancellationToken) is not null;

    /// <summary>As <see cref="FindAsync"/>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, with the nearest names there are.</exception>
    public async ValueTask<Image> GetAsync(string referenceOrIdPrefix, CancellationToken cancellationToken) =>
        await FindAsync(referenceOrIdPrefix, cancellationToken) ?? throw await UnknownAsync(referenceOrIdPrefix, cancellationToken);

    /// <summary>The image of a <see cref="RunIdentity"/> that came into this store last, or null. It reads the configs until it finds one.</summary>
    public async ValueTask<Image?> FindByRunIdentityAsync(Digest identity, CancellationToken cancellationToken)
    {
        ImmutableArray<ImageRecord> records = await metadata.ReadAsync(reader => _tables.ListImagesAsync(reader, cancellationToken), cancellationToken);
        foreach (ImageRecord record in records.OrderByDescending(record => record.Created))
        {
            Image image = await ReadAsync(record.Manifest, cancellationToken);
            if (RunIdentity.Of(image.Config) == identity)
            {
                return image;
            }
        }

        return null;
    }

    /// <summary>
    /// Every name and every nameless image, ordered by name, nameless ones last. The name of an index stands for its image of this machine's platform; names of
    /// what is no image (artifacts, indexes of other platforms) are left out.
    /// </summary>
    public async ValueTask<ImmutableArray<TaggedImage>> ListAsync(CancellationToken cancellationToken)
    {
        (ImmutableArray<(ImageReference Reference, TagRecord Tag)> tags, ImmutableArray<ImageRecord> images) = await metadata.ReadAsync(
            async reader => (await _tables.ListTagsAsync(reader, cancellationToken), await _tables.ListImagesAsync(reader, cancellationToken)),
            cancellationToken);
        ImmutableArray<TaggedImage>.Builder list = ImmutableArray.CreateBuilder<TaggedImage>();
        HashSet<Digest> runnable = [.. images.Select(image => image.Manifest)], named = [];
        foreach ((ImageReference reference, TagRecord tag) in tags)
        {
            named.Add(tag.Manifest);
            ImmutableArray<Descriptor> children = runnable.Contains(tag.Manifest) ? [] : (await ReadContentAsync(tag.Manifest, cancellationToken)).Children;
            named.UnionWith(children.Select(child => child.Digest));
            Digest? image = runnable.Contains(tag.Manifest) ? tag.Manifest
                : children.FirstOrDefault(child => child.Platform is { } platform && Platform.Host.Runs(platform) && runnable.Contains(child.Digest))?.Digest;
            if (image is { } found)
            {
                list.Add(new(reference, await ReadAsync(found, cancellationToken), tag.Created));
            }
        }

        foreach (ImageRecord record in images.Where(record => !named.Contains(record.Manifest)))
        {
            list.Add(new(null, await ReadAsync(record.Manifest, cancellationToken), record.Created));
        }

        return list.ToImmutable();
    }

    /// <summary>Makes <paramref name="reference"/> mean <paramref name="image"/>; an image that it meant before keeps its other names, or stays nameless.</summary>
    public ValueTask TagAsync(Image image, ImageReference reference, CancellationToken cancellationToken) => TagAsync(image.Digest, reference, cancellationToken);

    private async ValueTask TagAsync(Digest manifest, ImageReference reference, CancellationToken cancellationToken)
    {
        string tag = reference.Tag
            ?? throw new SlipwayException(ErrorKind.InvalidArgument, $"'{reference.Familiar}' names a digest, so it cannot be given to an image", "Give a name with a tag, for example name:1.");
        ImageReference name = reference.WithTag(tag);
        TagRecord? before = await metadata.ReadAsync(reader => _tables.FindTagAsync(reader, name, cancellationToken), cancellationToken);
        if (before?.Manifest == manifest)
        {
            return;
        }

        DateTimeOffset now = time.GetUtcNow();
        ReadOnlyMemory<byte> json = await blobs.ReadAllAsync(manifest, cancellationToken);
        ManifestContent content = ManifestContent.Parse(json, null);
        RepositoryName repository = RepositoryName.Of(name);
        await metadata.WriteAsync(
            async transaction =>
            {
                await _links.LinkAsync(
                    transaction,
                    repository,
                    ManifestRecord.Of(manifest, json.Length, content, now),
                    content.Blobs.Select(blob => new BlobRecord(blob.Digest, blob.Size, now)),
                    cancellationToken);
                await LinkChildrenAsync(transaction, repository, content, now, cancellationToken);
                await _links.LinkReferrersAsync(transaction, repository, manifest, now, cancellationToken);
                await _tables.PutTagAsync(transaction, name, new(manifest, now), cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>
    /// Removes as <c>docker rmi</c> does: a name goes; with the last name the image goes. An id removes the image where it has at most one name,
    /// or any number with <paramref name="force"/>. Whether a container uses it is for the caller to check first.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Conflict"/>: an id with several names, without force.</exception>
    public async ValueTask<RemovedImage> RemoveAsync(string reference, bool force, CancellationToken cancellationToken)
    {
        RemovedImage? removed = await metadata.WriteAsync(
            transaction => ImageRemoval.RunAsync(_tables, transaction, reference, force, cancellationToken), cancellationToken);
        return removed ?? throw await UnknownAsync(reference, cancellationToken);
    }

    /// <summary>
    /// Makes an image of layers that are stored already. The config's diff ids are set from <paramref name="layers"/>; the same arguments give the same digest.
    /// Durable when it returns; nameless until <see cref="TagAsync"/>.
    /// </summary>
    public async ValueTask<Image> AddAsync(
        ImageConfig config, ImmutableArray<Layer> layers, ImmutableDictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        ImageConfig complete = config with { DiffIds = [.. layers.Select(layer => layer.DiffId)] };
        BlobInfo configBlob = await blobs.PutAsync(ImageConfigJson.Write(complete), cancellationToken);
        ImageManifest manifest = new(new(MediaTypes.OciConfig, configBlob.Digest, configBlob.Size), [.. layers.Select(layer => layer.Descriptor)])
        {
            Annotations = annotations.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
        BlobInfo manifestBlob = await blobs.PutAsync(manifest.ToJson(), cancellationToken);
        Image image = new(manifestBlob.Digest, configBlob.Digest, complete, layers) { Annotations = manifest.Annotations };
        if (await metadata.ReadAsync(reader => _tables.FindImageAsync(reader, image.Digest, cancellationToken), cancellationToken) is not null)
        {
            // The same image again: it came into the store when it first came.
            return image;
        }

        await blobs.FlushAsync(cancellationToken);
        ImageRecord record = new(manifestBlob.Digest, configBlob.Digest, [.. layers.Select(layer => layer.Descriptor.Digest)], time.GetUtcNow());
        await metadata.WriteAsync(
            async transaction =>
            {
                await _tables.PutImageAsync(transaction, record, cancellationToken);
                return true;
            },
            cancellationToken);
        return image;
    }

    /// <summary>
    /// Makes an image of one layer from a tar of a root file system and names it. The tar streams into the store as it is sent, plain or gzip;
    /// nothing is held in memory. Its digest depends on the tar's bytes and on <paramref name="baseConfig"/> alone.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not a tar, or one with an entry that leads out of its root.</exception>
    public async ValueTask<Image> ImportAsync(Stream tar, ImageReference reference, ImageConfig baseConfig, CancellationToken cancellationToken)
    {
        BlobInfo blob = await blobs.PutAsync(tar, null, cancellationToken);
        await using Stream stored = await blobs.OpenTrustingAsync(blob.Digest, cancellationToken);
        Layer layer = await Task.Run(() => LayerInspection.Inspect(stored, blob, allowsEmpty: false, cancellationToken), cancellationToken);
        // One entry for the one layer: readers count them against each other.
        ImageConfig config = baseConfig.History.IsEmpty ? baseConfig with { History = [new(baseConfig.Created, null, "imported from a tar", null, false)] } : baseConfig;
        Image image = await AddAsync(config, [layer], ImmutableDictionary<string, string>.Empty, cancellationToken);
        await TagAsync(image, reference, cancellationToken);
        return image;
    }

    /// <summary>Reads an image by its manifest's digest.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: the manifest or its config is not stored; <see cref="ErrorKind.Corrupt"/>.</exception>
    public async ValueTask<Image> ReadAsync(Digest manifestDigest, CancellationToken cancellationToken)
    {
        ImageManifest manifest = ImageManifest.Parse(await blobs.ReadAllAsync(manifestDigest, cancellationToken));
        ImageConfig config = ImageConfigJson.Parse(await blobs.ReadAllAsync(manifest.Config.Digest, cancellationToken));
        if (config.DiffIds.Length != manifest.Layers.Length)
        {
            throw new SlipwayException(
                ErrorKind.Corrupt, $"image {manifestDigest.Short} names {manifest.Layers.Length} layers, but its config {config.DiffIds.Length}");
        }

        ImmutableArray<Layer> layers = [.. manifest.Layers.Select((descriptor, index) => new Layer(descriptor, config.DiffIds[index]))];
        return new(manifestDigest, manifest.Config.Digest, config, layers) { Annotations = manifest.Annotations };
    }

    /// <summary>What the images of an index are, as another repository that has them says it.</summary>
    private async ValueTask LinkChildrenAsync(
        IMetadataTransaction transaction, RepositoryName repository, ManifestContent index, DateTimeOffset now, CancellationToken cancellationToken)
    {
        HashSet<Digest> wanted = [.. index.Children.Select(child => child.Digest)];
        List<KeyValuePair<string, ManifestRecord>> found = wanted.Count == 0 ? [] : await _links.ScanManifestsAsync(transaction, null, cancellationToken)
            .Where(row => wanted.Contains(row.Value.Manifest)).ToListAsync(cancellationToken);
        foreach ((string key, ManifestRecord child) in found.DistinctBy(row => row.Value.Manifest))
        {
            List<BlobRecord> linked = [];
            foreach (Digest blob in child.Blobs)
            {
                if (await _links.FindBlobAsync(transaction, RepositoryTables.RepositoryOf(key), blob, cancellationToken) is { } link)
                {
                    linked.Add(link with { Renewed = now });
                }
            }

            await _links.LinkAsync(transaction, repository, child, linked, cancellationToken);
        }
    }

    private async ValueTask<ManifestContent> ReadContentAsync(Digest manifest, CancellationToken cancellationToken) =>
        ManifestContent.Parse(await blobs.ReadAllAsync(manifest, cancellationToken), null);

    /// <summary>The image that a manifest is, or the one of an index that runs on a platform.</summary>
    private async ValueTask<Image> ReadForAsync(Digest manifest, string name, Platform platform, CancellationToken cancellationToken)
    {
        if (await metadata.ReadAsync(reader => _tables.FindImageAsync(reader, manifest, cancellationToken), cancellationToken) is not null)
        {
            return await ReadAsync(manifest, cancellationToken);
        }

        ManifestContent content = await ReadContentAsync(manifest, cancellationToken);
        if (!MediaTypes.IsIndex(content.MediaType))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"{name} is no image that can run: it is an artifact of type {content.ArtifactType}");
        }

        Descriptor child = content.Children.FirstOrDefault(child => child.Platform is { } made && platform.Runs(made)) ?? throw new SlipwayException(
            ErrorKind.NotFound, $"{name} has no image for {platform}; it has {string.Join(", ", content.Children.Select(child => child.Platform).Where(made => made is not null))}");
        return await ReadAsync(child.Digest, cancellationToken);
    }

    private async ValueTask<SlipwayException> UnknownAsync(string reference, CancellationToken cancellationToken)
    {
        ImmutableArray<(ImageReference Reference, TagRecord Tag)> tags =
            await metadata.ReadAsync(reader => _tables.ListTagsAsync(reader, cancellationToken), cancellationToken);
        string[] near = NearestNames.Of(reference, tags.Select(tag => tag.Reference.Familiar));
        string hint = near.Length > 0 ? $"Nearest: {string.Join(", ", near)}. " : "";
        return new(
            ErrorKind.NotFound,
            $"there is no image '{reference}'",
            hint + $"Pull it (slipway pull {reference}), build it (slipway build -t {reference} DIRECTORY) or import a root file system (slipway image import rootfs.tar {reference}).");
    }
}
