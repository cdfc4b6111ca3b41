using System.Globalization;
using System.Security.Cryptography;
using Slipway.Content.Metadata;
using Slipway.Daemon.S3.Buckets;
using Slipway.Daemon.S3.Objects;

namespace Slipway.Daemon.S3.Multipart;

/// <summary>The uploads under way and their parts. They outlast a restart; one that nobody ends is collected after a week.</summary>
internal sealed class UploadStore(IMetadataStore metadata, TimeProvider time)
{
    /// <summary>Uploads, by repo and id.</summary>
    public const string UploadTable = "s3-uploads";

    /// <summary>Parts, by repo, id and number.</summary>
    public const string PartTable = "s3-parts";

    private const int IdBytes = 16;
    internal static readonly Table<MultipartUpload> Uploads = new(UploadTable, MultipartJson.Default.MultipartUpload);
    internal static readonly Table<UploadedPart> Parts = new(PartTable, MultipartJson.Default.UploadedPart);

    public async ValueTask<MultipartUpload> BeginAsync(S3Bucket bucket, string key, ObjectMetadata? said, CancellationToken cancellationToken)
    {
        MultipartUpload upload = new(
            RandomNumberGenerator.GetHexString(IdBytes * 2, lowercase: true), bucket.Repo.Name.ToString(), bucket.Branch.ToString(), key, time.GetUtcNow(), said);
        return await metadata.WriteAsync(
            async t =>
            {
                await Uploads.PutAsync(t, TableKey.Join(upload.Repo, upload.Id), upload, cancellationToken);
                return upload;
            },
            cancellationToken);
    }

    /// <exception cref="S3Exception">There is none of that id for that key.</exception>
    public async ValueTask<MultipartUpload> GetAsync(S3Bucket bucket, string key, string id, CancellationToken cancellationToken)
    {
        MultipartUpload? upload = await metadata.ReadAsync(r => Uploads.FindAsync(r, TableKey.Join(bucket.Repo.Name.ToString(), id), cancellationToken), cancellationToken);
        return upload is not null && upload.Key == key && upload.Branch == bucket.Revision ? upload : throw Missing(key, id);
    }

    /// <summary>Adds a part, in the place of an earlier one of its number.</summary>
    /// <exception cref="S3Exception">The upload was ended meanwhile.</exception>
    public async ValueTask PutAsync(MultipartUpload upload, UploadedPart part, CancellationToken cancellationToken) => await metadata.WriteAsync(
        async t =>
        {
            if (await Uploads.FindAsync(t, TableKey.Join(upload.Repo, upload.Id), cancellationToken) is null)
            {
                throw Missing(upload.Key, upload.Id);
            }

            await Parts.PutAsync(t, KeyOf(upload, part.Number), part, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>The parts of an upload, by number.</summary>
    public ValueTask<List<UploadedPart>> ListPartsAsync(MultipartUpload upload, CancellationToken cancellationToken) => metadata.ReadAsync(
        r => Parts.ScanAsync(r, TableKey.Join(upload.Repo, upload.Id), cancellationToken).Select(row => row.Value).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>The uploads of a bucket, by key and then as they were begun.</summary>
    public async ValueTask<List<MultipartUpload>> ListAsync(S3Bucket bucket, CancellationToken cancellationToken)
    {
        List<MultipartUpload> all = await metadata.ReadAsync(
            r => Uploads.ScanAsync(r, bucket.Repo.Name.ToString(), cancellationToken).Select(row => row.Value).ToListAsync(cancellationToken), cancellationToken);
        return [.. all.Where(upload => upload.Branch == bucket.Revision).OrderBy(upload => upload.Key, StringComparer.Ordinal).ThenBy(upload => upload.Started)];
    }

    /// <summary>Ends an upload: its parts are garbage, unless the object that was made of them needs them.</summary>
    public async ValueTask RemoveAsync(MultipartUpload upload, CancellationToken cancellationToken)
    {
        List<UploadedPart> parts = await ListPartsAsync(upload, cancellationToken);
        await metadata.WriteAsync(
            async t =>
            {
                foreach (UploadedPart part in parts)
                {
                    await Parts.DeleteAsync(t, KeyOf(upload, part.Number), cancellationToken);
                }

                return await Uploads.DeleteAsync(t, TableKey.Join(upload.Repo, upload.Id), cancellationToken);
            },
            cancellationToken);
    }

    private static string KeyOf(MultipartUpload upload, int number) => TableKey.Join(upload.Repo, upload.Id, number.ToString("D5", CultureInfo.InvariantCulture));

    private static S3Exception Missing(string key, string id) =>
        new(404, "NoSuchUpload", $"there is no upload '{id}' of {key}: it was completed, aborted or never begun, or it is more than a week old");
}
