using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Images.Repositories;
using Slipway.Linux.Zstd;

namespace Slipway.Images.Compression;

/// <summary>
/// Makes of an image one whose plain layers are compressed: another manifest over the same config, and so the same image id; and of an index one over such images.
/// A layer is compressed once, while it streams into the store; the same layer gives the same bytes on any machine with the same version of slipway (gzip) or of libzstd.
/// </summary>
public sealed class ManifestCompressor(IMetadataStore metadata, IBlobStore blobs, TimeProvider time)
{
    private const int ZstdLevel = 3;

    private readonly CompressedLayerTable _table = new();

    /// <summary>Whether it is an image of which a layer is plain. (What an artifact's layers are is not ours to know, whatever their type says.)</summary>
    public async Task<bool> HasPlainLayerAsync(ManifestRecord manifest, CancellationToken cancellationToken) =>
        HasPlainLayer(ManifestContent.Parse(await blobs.ReadAllAsync(manifest.Manifest, cancellationToken), manifest.MediaType));

    /// <summary>
    /// The manifest of the compressed image, stored but linked to no repository; what has no plain layer is returned as it is. The caller holds a lease, and
    /// gives the answer to <see cref="RememberAsync"/>.
    /// </summary>
    /// <param name="progress">Is told the plain bytes as they are compressed.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.OutOfSpace"/>; <see cref="ErrorKind.InvalidArgument"/>: it says a field twice.</exception>
    public async Task<CompressedManifest> CompressAsync(ManifestRecord manifest, LayerCompression compression, Action<long>? progress, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> json = await blobs.ReadAllAsync(manifest.Manifest, cancellationToken);
        ManifestContent content = ManifestContent.Parse(json, manifest.MediaType);
        if (compression == LayerCompression.None || !HasPlainLayer(content))
        {
            return CompressedManifest.Unchanged(manifest);
        }

        JsonObject root = ManifestNodes.Parse(json);
        JsonArray layers = root["layers"]!.AsArray();
        ImmutableDictionary<Digest, Digest>.Builder plain = ImmutableDictionary.CreateBuilder<Digest, Digest>();
        Dictionary<Digest, CompressedLayer> made = [];
        for (int index = 0; index < content.Layers.Length; index++)
        {
            if (IsPlain(content.Layers[index]))
            {
                Digest layer = content.Layers[index].Digest;
                CompressedLayer compressed = made.GetValueOrDefault(layer) ?? await FindAsync(layer, compression, cancellationToken)
                    ?? (made[layer] = await MakeAsync(layer, compression, progress, cancellationToken));
                ManifestNodes.Point(layers[index], compressed.Compressed, compressed.Size);
                layers[index]!["mediaType"] = compression == LayerCompression.Gzip ? MediaTypes.OciLayerGzip : MediaTypes.OciLayerZstd;
                plain[compressed.Compressed] = compressed.Plain;
            }
        }

        return new(manifest, await PutAsync(ManifestNodes.ToJson(root), manifest.MediaType, cancellationToken), plain.ToImmutable()) { Made = [.. made.Values] };
    }

    /// <summary>Remembers what was compressed, once it is durable, so that the next push finds it. Beside the push: nothing in it waits for that.</summary>
    public async Task RememberAsync(CompressedManifest image, LayerCompression compression, CancellationToken cancellationToken)
    {
        if (image.Made.IsEmpty)
        {
            return;
        }

        await blobs.FlushAsync(cancellationToken);
        await metadata.WriteAsync(
            async transaction =>
            {
                foreach (CompressedLayer row in image.Made)
                {
                    await _table.PutAsync(transaction, compression, row, cancellationToken);
                }

                return true;
            },
            cancellationToken);
    }

    /// <summary>The index over images of which some were compressed, stored as <see cref="CompressAsync"/> stores them; the same where none was.</summary>
    /// <returns>The index, and the entries that it has no more: statements of BuildKit's about the plain images.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it says a field twice.</exception>
    public async Task<(CompressedManifest Index, ImmutableArray<Digest> LeftOut)> OverAsync(
        ManifestRecord index, IEnumerable<CompressedManifest> images, CancellationToken cancellationToken)
    {
        Dictionary<Digest, ManifestRecord> made =
            images.Where(image => image.IsChanged).DistinctBy(image => image.Plain.Manifest).ToDictionary(image => image.Plain.Manifest, image => image.Manifest);
        if (made.Count == 0)
        {
            return (CompressedManifest.Unchanged(index), []);
        }

        (byte[] json, ImmutableArray<Digest> leftOut) = CompressedIndex.Of(await blobs.ReadAllAsync(index.Manifest, cancellationToken), made);
        return (new(index, await PutAsync(json, index.MediaType, cancellationToken), ImmutableDictionary<Digest, Digest>.Empty), leftOut);
    }

    private async Task<ManifestRecord> PutAsync(byte[] json, string mediaType, CancellationToken cancellationToken)
    {
        BlobInfo stored = await blobs.PutAsync(json, cancellationToken);
        return ManifestRecord.Of(stored.Digest, stored.Size, ManifestContent.Parse(json, mediaType), time.GetUtcNow());
    }

    private static bool HasPlainLayer(ManifestContent content) => content.IsImage && content.Layers.Any(IsPlain);

    private static bool IsPlain(Descriptor layer) => layer.MediaType == MediaTypes.OciLayer;

    private async ValueTask<CompressedLayer?> FindAsync(Digest plain, LayerCompression compression, CancellationToken cancellationToken)
    {
        CompressedLayer? known = await metadata.ReadAsync(reader => _table.FindAsync(reader, plain, compression, cancellationToken), cancellationToken);
        return known is not null && await blobs.FindAsync(known.Compressed, cancellationToken) is not null ? known : null;
    }

    private async Task<CompressedLayer> MakeAsync(Digest plain, LayerCompression compression, Action<long>? progress, CancellationToken cancellationToken)
    {
        BlobInfo stored = await StoreAsync(plain, compression, progress, cancellationToken);
        return new(plain, stored.Digest, stored.Size);
    }

    private async Task<BlobInfo> StoreAsync(Digest plain, LayerCompression compression, Action<long>? progress, CancellationToken cancellationToken)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 16 << 20, resumeWriterThreshold: 8 << 20, minimumSegmentSize: 256 << 10, useSynchronizationContext: false));
        Task compressing = CompressAsync();
        try
        {
            await using Stream compressed = pipe.Reader.AsStream(leaveOpen: true);
            BlobInfo stored = await blobs.PutAsync(compressed, null, cancellationToken);
            await compressing;
            return stored;
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await compressing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        async Task CompressAsync()
        {
            try
            {
                await using CountingStream layer = new(await blobs.OpenAsync(plain, cancellationToken), progress);
                await using Stream target = pipe.Writer.AsStream(leaveOpen: true);
                if (compression == LayerCompression.Gzip)
                {
                    await GzipBlocks.WriteAsync(layer, target, cancellationToken);
                }
                else
                {
                    await Task.Run(() => Zstd(layer, target), cancellationToken);
                }

                await pipe.Writer.CompleteAsync();
            }
            catch (Exception fault)
            {
                await pipe.Writer.CompleteAsync(fault);
                throw;
            }
        }

        static void Zstd(Stream layer, Stream target)
        {
            // Without workers of its own: frames that several threads make depend on how many there are.
            using ZstdWriteStream zstd = new(target, ZstdLevel, workers: 0);
            layer.CopyTo(zstd, 1 << 20);
        }
    }
}
