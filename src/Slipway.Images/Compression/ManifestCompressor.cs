using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Images.Repositories;
using Slipway.Linux.Zstd;

namespace Slipway.Images.Compression;

/// <summary>
/// Makes of an image one whose plain layers are compressed: another manifest over the same config, and so the same image id. A layer is compressed once, while it
/// streams into the store; the same layer gives the same bytes on any machine with the same version of slipway (gzip) or of libzstd.
/// </summary>
public sealed class ManifestCompressor(IMetadataStore metadata, IBlobStore blobs, TimeProvider time)
{
    private const int ZstdLevel = 3;

    private readonly CompressedLayerTable _table = new();

    /// <summary>The manifest of the compressed image, stored but linked to no repository; what has no plain layer is returned as it is. The caller holds a lease.</summary>
    /// <param name="progress">Is told the plain bytes as they are compressed.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    public async Task<ManifestRecord> CompressAsync(ManifestRecord manifest, LayerCompression compression, Action<long>? progress, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> json = await blobs.ReadAllAsync(manifest.Manifest, cancellationToken);
        ManifestContent content = ManifestContent.Parse(json, manifest.MediaType);
        if (compression == LayerCompression.None || !content.Layers.Any(IsPlain))
        {
            return manifest;
        }

        // As text, so that whatever else a manifest says stays in it.
        JsonNode root = JsonNode.Parse(json.Span)!;
        JsonArray layers = root["layers"]!.AsArray();
        for (int index = 0; index < content.Layers.Length; index++)
        {
            if (IsPlain(content.Layers[index]))
            {
                CompressedLayer compressed = await LayerAsync(content.Layers[index].Digest, compression, progress, cancellationToken);
                JsonObject layer = layers[index]!.AsObject();
                layer["mediaType"] = compression == LayerCompression.Gzip ? MediaTypes.OciLayerGzip : MediaTypes.OciLayerZstd;
                layer["digest"] = compressed.Compressed.ToString();
                layer["size"] = compressed.Size;
            }
        }

        byte[] made = Encoding.UTF8.GetBytes(root.ToJsonString());
        BlobInfo stored = await blobs.PutAsync(made, cancellationToken);
        return ManifestRecord.Of(stored.Digest, stored.Size, ManifestContent.Parse(made, manifest.MediaType), time.GetUtcNow());
    }

    private static bool IsPlain(Descriptor layer) => layer.MediaType == MediaTypes.OciLayer;

    private async Task<CompressedLayer> LayerAsync(Digest plain, LayerCompression compression, Action<long>? progress, CancellationToken cancellationToken)
    {
        CompressedLayer? known = await metadata.ReadAsync(reader => _table.FindAsync(reader, plain, compression, cancellationToken), cancellationToken);
        if (known is not null && await blobs.FindAsync(known.Compressed, cancellationToken) is not null)
        {
            return known;
        }

        BlobInfo stored = await StoreAsync(plain, compression, progress, cancellationToken);
        CompressedLayer row = new(plain, stored.Digest, stored.Size);
        await blobs.FlushAsync(cancellationToken);
        await metadata.WriteAsync(
            async transaction =>
            {
                await _table.PutAsync(transaction, compression, row, cancellationToken);
                return true;
            },
            cancellationToken);
        return row;
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
