using System.IO.Pipelines;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Images.Layers;

/// <summary>
/// Writes entries as a plain tar. The bytes depend on the entries alone: no clock, no user names, PAX headers only where ustar cannot say it.
/// The caller chooses the order (sorted by path; a hard link after what it links to) and the times.
/// </summary>
public sealed class LayerWriter(Stream output)
{
    /// <summary>Appends an entry; of a file, exactly <see cref="LayerEntry.Size"/> bytes of its content.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: the content is shorter or longer, so the file changed while it was read.</exception>
    public void Write(LayerEntry entry)
    {
        TarHeaderWriter.Write(output, entry);
        if (entry.Kind != LayerEntryKind.File)
        {
            return;
        }

        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            long written = 0;
            int read;
            while (entry.Size > 0 && (read = entry.Content.Read(buffer)) > 0)
            {
                written += read;
                if (written > entry.Size)
                {
                    break;
                }

                output.Write(buffer.AsSpan(0, read));
            }

            if (written != entry.Size)
            {
                throw new SlipwayException(ErrorKind.Conflict, $"'{entry.Path}' changed while it was written into a layer: it was {entry.Size} bytes long");
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }

        TarHeaderWriter.Pad(output, entry.Size);
    }

    /// <summary>Ends the archive with its two zero blocks. The stream stays open.</summary>
    public void Finish()
    {
        Span<byte> end = stackalloc byte[TarBlock.Size * 2];
        end.Clear();
        output.Write(end);
    }

    /// <summary>
    /// Stores what <paramref name="write"/> writes as a layer blob, hashed while it streams; <paramref name="write"/> runs on a worker thread.
    /// </summary>
    /// <exception cref="SlipwayException">Whatever <paramref name="write"/> or the store throws; no blob is then named.</exception>
    public static async ValueTask<Layer> StoreAsync(IBlobStore blobs, Action<LayerWriter> write, CancellationToken cancellationToken)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 256 << 10, useSynchronizationContext: false));
        Task writing = Task.Run(
            () =>
            {
                try
                {
                    using Stream output = pipe.Writer.AsStream(leaveOpen: true);
                    LayerWriter writer = new(output);
                    write(writer);
                    writer.Finish();
                    output.Flush();
                    pipe.Writer.Complete();
                }
                catch (Exception fault)
                {
                    pipe.Writer.Complete(fault);
                    throw;
                }
            },
            cancellationToken);
        try
        {
            await using Stream tar = pipe.Reader.AsStream(leaveOpen: true);
            BlobInfo blob = await blobs.PutAsync(tar, null, cancellationToken);
            await writing;
            return new(new(MediaTypes.OciLayer, blob.Digest, blob.Size), blob.Digest);
        }
        finally
        {
            // The writer's next flush then fails instead of waiting for a reader that is gone.
            await pipe.Reader.CompleteAsync();
            await writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
