using System.IO.Pipelines;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Linux.Zstd;

namespace Slipway.Images.Compression;

/// <summary>
/// Compresses plain layers, each once: what became of it is remembered, and kept as long as the plain one. The same layer gives the same bytes on any machine with the
/// same version of slipway (gzip) or of libzstd.
/// </summary>
public sealed class LayerCompressor(IMetadataStore metadata, IBlobStore blobs, TimeProvider time)
{
    private const int ZstdLevel = 3;

    /// <summary>How long in all a layer waits for who takes its bytes along. It decides between what is lost where both could have run at once, and what is sent in vain.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CompressedLayerTable _table = new();

    /// <summary>What became of a layer when it was compressed before; null: it was not, or that is not stored any more.</summary>
    public async ValueTask<CompressedLayer?> FindAsync(Digest plain, LayerCompression compression, CancellationToken cancellationToken)
    {
        CompressedLayer? known = await metadata.ReadAsync(reader => _table.FindAsync(reader, plain, compression, cancellationToken), cancellationToken);
        return known is not null && await blobs.FindAsync(known.Compressed, cancellationToken) is not null ? known : null;
    }

    /// <summary>Compresses a layer while it streams into the store. The caller holds a lease, and gives the answer to <see cref="RememberAsync"/>.</summary>
    /// <param name="along">
    /// Gets the compressed bytes as they are made, and is completed: at the end; or before, where nobody reads there any more, or so slowly that it is not worth waiting for.
    /// </param>
    /// <param name="progress">Is told the plain bytes as they are compressed.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    public async Task<CompressedLayer> CompressAsync(
        Digest plain, LayerCompression compression, PipeWriter? along, Action<long>? progress, CancellationToken cancellationToken)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 256 << 10, useSynchronizationContext: false));
        Task compressing = FillAsync();
        try
        {
            await using Stream compressed = pipe.Reader.AsStream(leaveOpen: true);
            BlobInfo stored = await blobs.PutAsync(along is null ? compressed : new BranchingStream(compressed, along, Patience, time), null, cancellationToken);
            await compressing;
            await (along?.CompleteAsync() ?? ValueTask.CompletedTask);
            return new(plain, stored.Digest, stored.Size);
        }
        catch (Exception fault)
        {
            await (along?.CompleteAsync(fault) ?? ValueTask.CompletedTask);
            throw;
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await compressing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        async Task FillAsync()
        {
            try
            {
                await using CountingStream layer = new(await blobs.OpenTrustingAsync(plain, cancellationToken), progress);
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

    /// <summary>Remembers what was compressed, once it is durable, so that the next push finds it. Beside the push: nothing in it waits for that.</summary>
    public async Task RememberAsync(IReadOnlyCollection<CompressedLayer> made, LayerCompression compression, CancellationToken cancellationToken)
    {
        if (made.Count == 0)
        {
            return;
        }

        await blobs.FlushAsync(cancellationToken);
        await metadata.WriteAsync(
            async transaction =>
            {
                foreach (CompressedLayer row in made)
                {
                    await _table.PutAsync(transaction, compression, row, cancellationToken);
                }

                return true;
            },
            cancellationToken);
    }
}
