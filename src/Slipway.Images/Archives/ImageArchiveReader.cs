using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Compression;
using Slipway.Images.Repositories;

namespace Slipway.Images.Archives;

/// <summary>
/// Reads images from a tar: an OCI image layout, docker's archive of any version, or one that is both; plain or gzip. Blobs stream into the store as they come, and
/// one that is not what its name says is refused. Nothing of the archive is named before all of it is there.
/// </summary>
public sealed class ImageArchiveReader(RepositoryStore repositories, IBlobStore blobs)
{
    private const string Hint = "An archive is what slipway save, docker save, podman save or skopeo (docker-archive:, oci-archive:) write.";

    /// <summary>Keeps every image of the archive, under the names that it gives. The caller holds a lease.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not such an archive, or one that lacks something; <see cref="ErrorKind.Corrupt"/>: a blob is not what it says.</exception>
    public async Task<IReadOnlyList<LoadedImage>> LoadAsync(Stream archive, CancellationToken cancellationToken) =>
        await LoadAsync(await ReadAsync(archive, cancellationToken), cancellationToken);

    /// <summary>As the other form, from a file: it is read by a worker, with nothing in between, and closed.</summary>
    /// <param name="read">Told how many more bytes were read, by that worker.</param>
    public async Task<IReadOnlyList<LoadedImage>> LoadAsync(FileStream archive, Action<long> read, CancellationToken cancellationToken)
    {
        ArchiveFiles files = await Task.Run(() => ArchiveFiles.ReadAsync(new CountingStream(archive, read), blobs, cancellationToken), cancellationToken);
        return await LoadAsync(files, cancellationToken);
    }

    private async Task<IReadOnlyList<LoadedImage>> LoadAsync(ArchiveFiles files, CancellationToken cancellationToken)
    {
        try
        {
            return files.FindText("index.json") is { } index ? await LoadLayoutAsync(files, index, cancellationToken)
                : files.FindText("manifest.json") is { } list ? await LoadDockerAsync(files, list, cancellationToken)
                : throw new SlipwayException(ErrorKind.InvalidArgument, "the archive has neither an index.json nor a manifest.json, so it is no image archive", Hint + " A root file system is for slipway image import.");
        }
        catch (JsonException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the archive's list of images is not JSON: {fault.Message}", Hint, fault);
        }
    }

    /// <summary>The body of a request is read as it comes, a tar as a worker does: a pipe stands between them.</summary>
    private async Task<ArchiveFiles> ReadAsync(Stream archive, CancellationToken cancellationToken)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 256 << 10, useSynchronizationContext: false));
        Task<ArchiveFiles> reading = Task.Run(
            async () =>
            {
                try
                {
                    return await ArchiveFiles.ReadAsync(pipe.Reader.AsStream(), blobs, cancellationToken);
                }
                finally
                {
                    await pipe.Reader.CompleteAsync();
                }
            },
            cancellationToken);
        Exception? broken = null;
        try
        {
            await archive.CopyToAsync(pipe.Writer, cancellationToken);
        }
        catch (Exception fault)
        {
            broken = fault;
        }

        await pipe.Writer.CompleteAsync(broken);
        return await reading;
    }

    private async Task<IReadOnlyList<LoadedImage>> LoadLayoutAsync(ArchiveFiles files, byte[] json, CancellationToken cancellationToken)
    {
        List<LoadedImage> loaded = [];
        foreach (Descriptor top in ManifestContent.Parse(json, MediaTypes.OciIndex).Children)
        {
            ImageReference? name = NameOf(top);
            await KeepAsync(files, top.Digest, top.MediaType, name, name?.Tag, cancellationToken);
            loaded.Add(new(name, top.Digest));
        }

        return loaded;
    }

    private static ImageReference? NameOf(Descriptor top)
    {
        foreach (string key in (string[])[ArchiveAnnotations.ContainerdName, ArchiveAnnotations.ReferenceName])
        {
            // Of OCI's annotation the standard says only that it is a name: a bare word is a tag without an image.
            if (top.Annotations.TryGetValue(key, out string? text) && text.AsSpan().IndexOfAny(':', '/') > 0 && ImageReference.TryParse(text, out ImageReference? name) && name.Tag is not null)
            {
                return name;
            }
        }

        return null;
    }

    private async Task KeepAsync(ArchiveFiles files, Digest manifest, string? mediaType, ImageReference? name, string? tag, CancellationToken cancellationToken)
    {
        if (!files.Holds(manifest))
        {
            throw Lacks("manifest", manifest);
        }

        ReadOnlyMemory<byte> json = await blobs.ReadAllAsync(manifest, cancellationToken);
        ManifestContent content = ManifestContent.Parse(json, mediaType);
        foreach (Descriptor child in content.Children)
        {
            if (files.Holds(child.Digest))
            {
                await KeepAsync(files, child.Digest, child.MediaType, name, null, cancellationToken);
            }
        }

        if (content.Blobs.FirstOrDefault(blob => !files.Holds(blob.Digest)) is { } missing)
        {
            throw Lacks("blob", missing.Digest);
        }

        await repositories.PutManifestAsync(name is null ? null : RepositoryName.Of(name), json, content.MediaType, tag, whole: false, cancellationToken);
    }

    private async Task<IReadOnlyList<LoadedImage>> LoadDockerAsync(ArchiveFiles files, byte[] json, CancellationToken cancellationToken)
    {
        List<LoadedImage> loaded = [];
        using JsonDocument list = JsonDocument.Parse(json);
        foreach (JsonElement item in list.RootElement.Array("manifest.json"))
        {
            byte[] manifest = (await ManifestOfAsync(files, item, cancellationToken)).ToJson();
            ImmutableArray<string> names = item.FindList("RepoTags") ?? [];
            foreach (ImageReference? name in names.Select(ImageReference.Parse).DefaultIfEmpty<ImageReference?>(null))
            {
                ManifestRecord kept = await repositories.PutManifestAsync(
                    name is null ? null : RepositoryName.Of(name), manifest, MediaTypes.OciManifest, name?.Tag, whole: false, cancellationToken);
                loaded.Add(new(name, kept.Manifest));
            }
        }

        return loaded;
    }

    /// <summary>Docker's own archive names config and layers by file; the manifest is ours to make. Its config says what the layers must be.</summary>
    private async Task<ImageManifest> ManifestOfAsync(ArchiveFiles files, JsonElement item, CancellationToken cancellationToken)
    {
        BlobInfo config = files.Find(item.FindString("Config") ?? throw CanonicalJson.Missing("manifest.json: Config"));
        ImageConfig parsed = ImageConfigJson.Parse(await blobs.ReadAllAsync(config.Digest, cancellationToken));
        ImmutableArray<string> paths = item.FindList("Layers") ?? [];
        if (paths.Length != parsed.DiffIds.Length)
        {
            throw new SlipwayException(ErrorKind.Corrupt, $"the archive lists {paths.Length} layers of an image whose config has {parsed.DiffIds.Length}");
        }

        List<Layer> layers = [];
        foreach ((string path, Digest diffId) in paths.Zip(parsed.DiffIds))
        {
            BlobInfo blob = files.Find(path);
            // Digested a moment ago, as it was stored.
            await using Stream stored = await blobs.OpenTrustingAsync(blob.Digest, cancellationToken);
            Layer layer = await Task.Run(() => LayerInspection.Inspect(stored, blob, allowsEmpty: true, cancellationToken), cancellationToken);
            layers.Add(layer.DiffId == diffId ? layer : throw new SlipwayException(
                ErrorKind.Corrupt, $"the archive's layer '{path}' has the digest {layer.DiffId}, but the image's config says {diffId}"));
        }

        return new(new(MediaTypes.OciConfig, config.Digest, config.Size), [.. layers.Select(layer => layer.Descriptor)]);
    }

    private static SlipwayException Lacks(string what, Digest digest) =>
        new(ErrorKind.InvalidArgument, $"the archive's {what} {digest} is not in the archive", "It was cut short, or written without it: write it again.");
}
