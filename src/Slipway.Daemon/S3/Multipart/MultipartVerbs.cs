using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Slipway.Content.Blobs;
using Slipway.Daemon.S3.Buckets;
using Slipway.Daemon.S3.Objects;
using Slipway.Daemon.S3.Payloads;
using Slipway.Daemon.S3.Signing;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Daemon.S3.Multipart;

/// <summary>An upload in parts: begun, sent or copied part by part in any order, completed or aborted. Completing it is one commit, and moves no bytes.</summary>
internal sealed class MultipartVerbs(UploadStore uploads, S3Objects objects, RepoContents contents, TimeProvider time)
{
    private const int MostParts = 10_000;
    private const long SmallestPart = 5 << 20;
    private const int LargestPage = 1000;

    public async Task BeginAsync(S3Request request, S3Bucket bucket, string key)
    {
        _ = S3Objects.PathOf(key);
        MultipartUpload upload = await uploads.BeginAsync(bucket, key, ObjectMetadata.Of(request.Http.Request.Headers), request.Aborted);
        await S3Xml.WriteAsync(request.Http, "InitiateMultipartUploadResult", xml => Name(xml, bucket, upload));
    }

    public async Task PutPartAsync(S3Request request, SignedRequest signed, S3Bucket bucket, string key, string id)
    {
        MultipartUpload upload = await uploads.GetAsync(bucket, key, id, request.Aborted);
        int number = NumberOf(request);
        if (request.Header("x-amz-copy-source") is not null)
        {
            await CopyPartAsync(request, bucket, upload, number);
            return;
        }

        BlobInfo blob = await objects.PutBodyAsync(request, signed, bucket);
        UploadedPart part = new(number, blob.Digest, 0, blob.Size, time.GetUtcNow());
        await contents.Of(bucket.Repo.Name).Blobs.FlushAsync(request.Aborted);
        await uploads.PutAsync(upload, part, request.Aborted);
        request.Http.Response.Headers.ETag = part.ETag;
    }

    public async Task ListPartsAsync(S3Request request, S3Bucket bucket, string key, string id)
    {
        MultipartUpload upload = await uploads.GetAsync(bucket, key, id, request.Aborted);
        int after = Number(request, "part-number-marker") ?? 0, most = Math.Min(Number(request, "max-parts") ?? LargestPage, LargestPage);
        List<UploadedPart> rest = [.. (await uploads.ListPartsAsync(upload, request.Aborted)).Where(part => part.Number > after)];
        List<UploadedPart> page = [.. rest.Take(most)];
        await S3Xml.WriteAsync(
            request.Http,
            "ListPartsResult",
            xml =>
            {
                Name(xml, bucket, upload);
                xml.WriteElementString("PartNumberMarker", S3Xml.Number(after));
                xml.WriteElementString("NextPartNumberMarker", S3Xml.Number(page.Count == 0 ? after : page[^1].Number));
                xml.WriteElementString("MaxParts", S3Xml.Number(most));
                xml.WriteElementString("IsTruncated", rest.Count > page.Count ? "true" : "false");
                xml.WriteElementString("StorageClass", "STANDARD");
                foreach (UploadedPart part in page)
                {
                    xml.WriteStartElement("Part");
                    xml.WriteElementString("PartNumber", S3Xml.Number(part.Number));
                    xml.WriteElementString("LastModified", S3Xml.Time(part.Modified));
                    xml.WriteElementString("ETag", part.ETag);
                    xml.WriteElementString("Size", S3Xml.Number(part.Length));
                    xml.WriteEndElement();
                }
            });
    }

    /// <summary>The uploads of a bucket, a page of them.</summary>
    public async Task ListAsync(S3Request request, S3Bucket bucket)
    {
        string prefix = request.Find("prefix") ?? "", afterKey = request.Find("key-marker") ?? "", afterId = request.Find("upload-id-marker") ?? "";
        int most = Math.Min(Number(request, "max-uploads") ?? LargestPage, LargestPage);
        List<MultipartUpload> all = [.. (await uploads.ListAsync(bucket, request.Aborted)).Where(upload => upload.Key.StartsWith(prefix, StringComparison.Ordinal))];
        int seen = all.FindIndex(upload => upload.Key == afterKey && upload.Id == afterId);
        List<MultipartUpload> rest = seen >= 0 ? all[(seen + 1)..] : [.. all.Where(upload => string.CompareOrdinal(upload.Key, afterKey) > 0)];
        List<MultipartUpload> page = [.. rest.Take(most)];
        await S3Xml.WriteAsync(
            request.Http,
            "ListMultipartUploadsResult",
            xml =>
            {
                xml.WriteElementString("Bucket", bucket.Name);
                xml.WriteElementString("KeyMarker", afterKey);
                xml.WriteElementString("UploadIdMarker", afterId);
                xml.WriteElementString("Prefix", prefix);
                xml.WriteElementString("MaxUploads", S3Xml.Number(most));
                xml.WriteElementString("IsTruncated", rest.Count > page.Count ? "true" : "false");
                if (rest.Count > page.Count && page.Count > 0)
                {
                    xml.WriteElementString("NextKeyMarker", page[^1].Key);
                    xml.WriteElementString("NextUploadIdMarker", page[^1].Id);
                }

                foreach (MultipartUpload upload in page)
                {
                    xml.WriteStartElement("Upload");
                    xml.WriteElementString("Key", upload.Key);
                    xml.WriteElementString("UploadId", upload.Id);
                    xml.WriteElementString("Initiated", S3Xml.Time(upload.Started));
                    xml.WriteElementString("StorageClass", "STANDARD");
                    xml.WriteEndElement();
                }
            });
    }

    /// <summary>Makes the object of the parts that the client names, in their order.</summary>
    public async Task CompleteAsync(S3Request request, SignedRequest signed, S3Bucket bucket, string key, string id)
    {
        // 1. Which parts. 2. Their bytes as one blob, which is what the client says of it. 3. The commit. 4. The upload is over; where this is lost, it expires.
        MultipartUpload upload = await uploads.GetAsync(bucket, key, id, request.Aborted);
        XElement asked = await XmlBody.ReadAsync(request, signed, ofBody: false);
        List<UploadedPart> parts = Choose(asked, await uploads.ListPartsAsync(upload, request.Aborted));
        IBlobStore blobs = contents.Of(bucket.Repo.Name).Blobs;
        BlobInfo blob = await blobs.ComposeAsync([.. parts.Select(part => new BlobRange(part.Digest, part.Offset, part.Length))], request.Aborted);
        await WholeChecksum.CheckAsync(request.Http.Request.Headers, blobs, blob, [.. parts.Select(part => part.Length)], request.Aborted);
        await objects.WriteAsync(request, bucket, key, blob, upload.Metadata);
        await uploads.RemoveAsync(upload, request.Aborted);
        await S3Xml.WriteAsync(
            request.Http,
            "CompleteMultipartUploadResult",
            xml =>
            {
                xml.WriteElementString("Location", $"{request.Http.Request.Scheme}://{request.Http.Request.Host}/{bucket.Name}/{AwsEncoding.Encode(key, keepSlash: true)}");
                xml.WriteElementString("Bucket", bucket.Name);
                xml.WriteElementString("Key", key);
                xml.WriteElementString("ETag", S3Objects.ETag(blob.Digest));
            });
    }

    public async Task AbortAsync(S3Request request, S3Bucket bucket, string key, string id) =>
        await uploads.RemoveAsync(await uploads.GetAsync(bucket, key, id, request.Aborted), request.Aborted);

    private async Task CopyPartAsync(S3Request request, S3Bucket bucket, MultipartUpload upload, int number)
    {
        (S3Bucket from, _, TreeEntry entry) = await objects.FindSourceAsync(request);
        (long start, long length) = SourceRange(request.Header("x-amz-copy-source-range"), entry.Size);
        await objects.BringAsync(from, bucket, entry, request.Aborted);
        IBlobStore blobs = contents.Of(bucket.Repo.Name).Blobs;

        // It is looked for under this request's lease, so it stays until the row that names it is written.
        BlobInfo source = await blobs.FindAsync(entry.Digest, request.Aborted)
            ?? throw new S3Exception(404, "NoSuchKey", "what is to be copied was removed meanwhile");
        UploadedPart part = new(number, source.Digest, start, length, time.GetUtcNow());
        await blobs.FlushAsync(request.Aborted);
        await uploads.PutAsync(upload, part, request.Aborted);
        await S3Xml.WriteAsync(
            request.Http,
            "CopyPartResult",
            xml =>
            {
                xml.WriteElementString("LastModified", S3Xml.Time(part.Modified));
                xml.WriteElementString("ETag", part.ETag);
            });
    }

    /// <summary>The parts that a request to complete names, checked as S3 does.</summary>
    private static List<UploadedPart> Choose(XElement asked, List<UploadedPart> sent)
    {
        Dictionary<int, UploadedPart> known = sent.ToDictionary(part => part.Number);
        List<UploadedPart> chosen = [];
        foreach (XElement part in asked.Elements().Where(element => element.Name.LocalName == "Part"))
        {
            if (!int.TryParse(XmlBody.Find(part, "PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                throw XmlBody.Malformed("a part has no number");
            }

            if (chosen.Count > 0 && number <= chosen[^1].Number)
            {
                throw new S3Exception(400, "InvalidPartOrder", $"part {number} is named after part {chosen[^1].Number}: they are named in ascending order");
            }

            if (!known.TryGetValue(number, out UploadedPart? found) || XmlBody.Find(part, "ETag")?.Trim('"', ' ') != found.ETag.Trim('"'))
            {
                throw new S3Exception(400, "InvalidPart", $"part {number} was not sent, or has another ETag than the one that is named");
            }

            chosen.Add(found);
        }

        if (chosen.Count == 0)
        {
            throw XmlBody.Malformed("no part is named");
        }

        return chosen[..^1].Find(part => part.Length < SmallestPart) is { } small
            ? throw new S3Exception(400, "EntityTooSmall", $"part {small.Number} has {small.Length} bytes: all but the last have at least {SmallestPart}")
            : chosen;
    }

    private static (long Start, long Length) SourceRange(string? range, long size)
    {
        if (range is null)
        {
            return (0, size);
        }

        string[] ends = range.StartsWith("bytes=", StringComparison.Ordinal) ? range["bytes=".Length..].Split('-') : [];
        return ends.Length == 2 && long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out long last) && first <= last && last < size
                ? (first, last - first + 1)
                : throw new S3Exception(400, "InvalidArgument", $"'{range}' is not a range bytes=FIRST-LAST of an object of {size} bytes");
    }

    private static int NumberOf(S3Request request) => Number(request, "partNumber") is { } number and >= 1 and <= MostParts ? number
        : throw new S3Exception(400, "InvalidArgument", $"a part is numbered 1 to {MostParts}");

    private static int? Number(S3Request request, string name) => request.Find(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new S3Exception(400, "InvalidArgument", $"{name} is not a number");

    private static void Name(XmlWriter xml, S3Bucket bucket, MultipartUpload upload)
    {
        xml.WriteElementString("Bucket", bucket.Name);
        xml.WriteElementString("Key", upload.Key);
        xml.WriteElementString("UploadId", upload.Id);
    }
}
