using System.Globalization;
using System.Security.Cryptography;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Images;

namespace Slipway.Daemon.Registry.Uploads;

/// <summary>The uploads under way and what has come of them. They outlast a restart; one that nobody ends is collected after a week.</summary>
internal sealed class BlobUploadStore(IMetadataStore metadata, TimeProvider time)
{
    /// <summary>Uploads, by id.</summary>
    public const string UploadTable = "registry-uploads";

    /// <summary>Their chunks, by id and offset.</summary>
    public const string ChunkTable = "registry-chunks";

    private const int IdBytes = 16;
    private readonly Table<BlobUpload> _uploads = new(UploadTable, UploadJson.Default.BlobUpload);
    private readonly Table<UploadChunk> _chunks = new(ChunkTable, UploadJson.Default.UploadChunk);

    public ValueTask<BlobUpload> BeginAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        BlobUpload upload = new(RandomNumberGenerator.GetHexString(IdBytes * 2, lowercase: true), repository.Domain, repository.Path, time.GetUtcNow());
        return metadata.WriteAsync(
            async t =>
            {
                await _uploads.PutAsync(t, upload.Id, upload, cancellationToken);
                return upload;
            },
            cancellationToken);
    }

    /// <exception cref="RegistryException">There is none of that id in that repository.</exception>
    public async ValueTask<BlobUpload> GetAsync(RepositoryName repository, string id, CancellationToken cancellationToken)
    {
        bool isId = id.Length == IdBytes * 2 && id.All(char.IsAsciiHexDigitLower);
        BlobUpload? upload = isId ? await metadata.ReadAsync(r => _uploads.FindAsync(r, id, cancellationToken), cancellationToken) : null;
        return upload is not null && upload.Domain == repository.Domain && upload.Path == repository.Path ? upload : throw Missing(id);
    }

    /// <summary>How many bytes have come.</summary>
    public ValueTask<long> SizeAsync(BlobUpload upload, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => EndAsync(r, upload, cancellationToken), cancellationToken);

    /// <summary>What has come, in order.</summary>
    public ValueTask<List<UploadChunk>> ListAsync(BlobUpload upload, CancellationToken cancellationToken) => metadata.ReadAsync(
        r => _chunks.ScanAsync(r, upload.Id, cancellationToken).Select(row => row.Value).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Adds a chunk, which stands where the last one ended when it was begun.</summary>
    /// <exception cref="RegistryException">The upload was ended, or another request added to it meanwhile.</exception>
    public ValueTask<UploadChunk> AppendAsync(BlobUpload upload, long offset, BlobInfo blob, CancellationToken cancellationToken) => metadata.WriteAsync(
        async t =>
        {
            if (await _uploads.FindAsync(t, upload.Id, cancellationToken) is null)
            {
                throw Missing(upload.Id);
            }

            if (await EndAsync(t, upload, cancellationToken) is var end && end != offset)
            {
                throw new RegistryException(416, "BLOB_UPLOAD_INVALID", $"another request sent bytes {offset} to {end - 1} meanwhile");
            }

            UploadChunk chunk = new(blob.Digest, offset, blob.Size);
            await _chunks.PutAsync(t, TableKey.Join(upload.Id, offset.ToString("D19", CultureInfo.InvariantCulture)), chunk, cancellationToken);
            return chunk;
        },
        cancellationToken);

    /// <summary>Ends an upload. Its chunks are garbage, unless the blob that was made of them needs them.</summary>
    public ValueTask<bool> RemoveAsync(BlobUpload upload, CancellationToken cancellationToken) => metadata.WriteAsync(
        async t =>
        {
            List<string> chunks = await _chunks.ScanAsync(t, upload.Id, cancellationToken).Select(row => row.Key).ToListAsync(cancellationToken);
            foreach (string key in chunks)
            {
                await _chunks.DeleteAsync(t, key, cancellationToken);
            }

            return await _uploads.DeleteAsync(t, upload.Id, cancellationToken);
        },
        cancellationToken);

    private async ValueTask<long> EndAsync(IMetadataReader reader, BlobUpload upload, CancellationToken cancellationToken)
    {
        UploadChunk? last = await _chunks.ScanAsync(reader, upload.Id, cancellationToken, descending: true, limit: 1)
            .Select(row => row.Value).FirstOrDefaultAsync(cancellationToken);
        return last?.End ?? 0;
    }

    private static RegistryException Missing(string id) =>
        new(404, "BLOB_UPLOAD_UNKNOWN", $"there is no upload '{id}': it was completed, cancelled or never begun, or it is more than a week old");
}
