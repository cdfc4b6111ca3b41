using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Repositories;

namespace Slipway.Images.Compression;

/// <summary>
/// Makes of an image's manifest one of the same image with compressed layers: over the same config, and so with the same image id; and of an index one over such images.
/// What it makes is stored but linked to no repository; the caller holds a lease.
/// </summary>
public sealed class ManifestCompressor(IBlobStore blobs, TimeProvider time)
{
    /// <summary>The plain layers of an image, each once. Of an artifact none: what its layers are is not ours to know, whatever their type says.</summary>
    public async ValueTask<ImmutableArray<Digest>> PlainLayersAsync(ManifestRecord manifest, CancellationToken cancellationToken)
    {
        ManifestContent content = ManifestContent.Parse(await blobs.ReadAllAsync(manifest.Manifest, cancellationToken), manifest.MediaType);
        return content.IsImage ? [.. content.Layers.Where(IsPlain).Select(layer => layer.Digest).Distinct()] : [];
    }

    /// <summary>The manifest of an image whose plain layers became others; as it is where none did.</summary>
    /// <param name="compression">Of <paramref name="layers"/>.</param>
    /// <param name="layers">By the plain layer. A layer that is not among them stays.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.OutOfSpace"/>; <see cref="ErrorKind.InvalidArgument"/>: it says a field twice.</exception>
    public async Task<CompressedManifest> WithAsync(
        ManifestRecord manifest, LayerCompression compression, IReadOnlyDictionary<Digest, CompressedLayer> layers, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> json = await blobs.ReadAllAsync(manifest.Manifest, cancellationToken);
        ManifestContent content = ManifestContent.Parse(json, manifest.MediaType);
        if (!content.IsImage || !content.Layers.Any(layer => IsPlain(layer) && layers.ContainsKey(layer.Digest)))
        {
            return CompressedManifest.Unchanged(manifest);
        }

        JsonObject root = ManifestNodes.Parse(json);
        foreach ((Descriptor layer, JsonNode? node) in content.Layers.Zip(root["layers"]!.AsArray()))
        {
            if (IsPlain(layer) && layers.TryGetValue(layer.Digest, out CompressedLayer? compressed))
            {
                ManifestNodes.Point(node, compressed.Compressed, compressed.Size);
                node!["mediaType"] = compression == LayerCompression.Gzip ? MediaTypes.OciLayerGzip : MediaTypes.OciLayerZstd;
            }
        }

        return new(manifest, await PutAsync(ManifestNodes.ToJson(root), manifest.MediaType, cancellationToken));
    }

    /// <summary>The index over images of which some were compressed; the same where none was.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it says a field twice.</exception>
    public async Task<CompressedManifest> OverAsync(ManifestRecord index, IEnumerable<CompressedManifest> images, CancellationToken cancellationToken)
    {
        Dictionary<Digest, ManifestRecord> made =
            images.Where(image => image.IsChanged).DistinctBy(image => image.Plain.Manifest).ToDictionary(image => image.Plain.Manifest, image => image.Manifest);
        return made.Count == 0
            ? CompressedManifest.Unchanged(index)
            : new(index, await PutAsync(CompressedIndex.Of(await blobs.ReadAllAsync(index.Manifest, cancellationToken), made), index.MediaType, cancellationToken));
    }

    /// <summary>What an index has no more when these images of it are compressed: BuildKit's statements about them as they are here.</summary>
    public async ValueTask<ImmutableArray<Digest>> LeftOutAsync(ManifestRecord index, IReadOnlySet<Digest> changing, CancellationToken cancellationToken) =>
        CompressedIndex.LeftOut(ManifestContent.Parse(await blobs.ReadAllAsync(index.Manifest, cancellationToken), index.MediaType), changing);

    private async Task<ManifestRecord> PutAsync(byte[] json, string mediaType, CancellationToken cancellationToken)
    {
        BlobInfo stored = await blobs.PutAsync(json, cancellationToken);
        return ManifestRecord.Of(stored.Digest, stored.Size, ManifestContent.Parse(json, mediaType), time.GetUtcNow());
    }

    private static bool IsPlain(Descriptor layer) => layer.MediaType == MediaTypes.OciLayer;
}
