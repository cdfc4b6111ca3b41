using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Api;
using Slipway.Daemon.S3.Payloads;
using Slipway.Daemon.S3.Signing;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Daemon.S3.Objects;

/// <summary>Objects: get, head, put, copy, delete. Each write is a commit of its own, so that it is read by whoever comes after it.</summary>
internal sealed class S3Objects(CommitStore commits, RepoContents contents, S3Buckets buckets)
{
    /// <summary>Not the MD5 that clients would compare: the dash says so, as it does for Amazon's own objects of several parts.</summary>
    public static string ETag(Digest digest) => $"\"{digest.Hex}-1\"";

    public async Task GetAsync(S3Request request, S3Bucket bucket, string key)
    {
        TreeEntry? entry = await FindAsync(bucket, key.TrimEnd('/'), request.Aborted);
        bool marker = key.EndsWith('/') && entry?.Kind == EntryKind.Directory;
        if (!marker && (key.EndsWith('/') || entry?.Kind != EntryKind.File))
        {
            throw new S3Exception(404, "NoSuchKey", $"bucket {bucket.Name} has no key {key}");
        }

        HttpResponse response = request.Http.Response;
        long size = marker ? 0 : entry!.Size;
        string etag = ETag(marker ? Digest.Of("") : entry!.Digest);
        response.Headers.ETag = etag;
        response.Headers.LastModified = bucket.Modified.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.AcceptRanges = "bytes";
        if (!Conditions.Allow(request, etag, bucket.Modified))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = request.Find("response-content-type") ?? (marker ? "application/x-directory" : "application/octet-stream");
        (long start, long length) = Range(request.Http, size);
        response.ContentLength = length;
        if (HttpMethods.IsHead(request.Method) || marker)
        {
            return;
        }

        await using Stream content = await contents.Of(bucket.Repo.Name).Blobs.OpenAsync(entry!.Digest, request.Aborted);
        content.Seek(start, SeekOrigin.Begin);
        await ByteCopy.ExactlyAsync(content, response.Body, length, request.Aborted);
    }

    public async Task PutAsync(S3Request request, SignedRequest signed, S3Bucket bucket, string key)
    {
        _ = bucket.Branch;
        await using CheckedBody body = new(request.Http, signed);
        Digest? expected = Digest.TryParseHex(signed.Payload, out Digest said) ? said : null;
        BlobInfo blob = await PutBlobAsync(bucket, body, expected, request.Aborted);
        if (key.EndsWith('/'))
        {
            // A marker for a folder, as some clients make: our folders are there when something is in them.
            if (blob.Size > 0)
            {
                throw new S3Exception(400, "InvalidArgument", $"'{key}' ends with a slash: it names a folder, which has no bytes of its own");
            }
        }
        else
        {
            DataPath path = PathOf(key);
            await CheckConditionsAsync(request, bucket, key);
            await WriteAsync(bucket, new PutEntry(path, TreeEntry.File(path.Name, blob.Size, blob.Digest)), [], request.Aborted);
        }

        request.Http.Response.Headers.ETag = ETag(blob.Digest);
    }

    public async Task CopyAsync(S3Request request, S3Bucket bucket, string key)
    {
        string source = Uri.UnescapeDataString(request.Header("x-amz-copy-source")!.Split('?')[0]).TrimStart('/');
        int slash = source.IndexOf('/', StringComparison.Ordinal);
        S3Bucket from = await buckets.GetAsync(slash < 0 ? source : source[..slash], request.Aborted);
        TreeEntry entry = await FindAsync(from, slash < 0 ? "" : source[(slash + 1)..], request.Aborted) is { Kind: EntryKind.File } found ? found
            : throw new S3Exception(404, "NoSuchKey", $"there is no {source} to copy from");
        DataPath path = PathOf(key);
        RepoContent here = contents.Of(bucket.Repo.Name);
        if (here != contents.Of(from.Repo.Name))
        {
            await using Stream bytes = await contents.Of(from.Repo.Name).Blobs.OpenAsync(entry.Digest, request.Aborted);
            await here.Blobs.PutAsync(bytes, entry.Digest, request.Aborted);
        }

        await WriteAsync(bucket, new PutEntry(path, TreeEntry.File(path.Name, entry.Size, entry.Digest, entry.Executable)), [from.Head!], request.Aborted);
        await S3Xml.WriteAsync(
            request.Http,
            "CopyObjectResult",
            xml =>
            {
                xml.WriteElementString("LastModified", S3Xml.Time(bucket.Modified));
                xml.WriteElementString("ETag", ETag(entry.Digest));
            });
    }

    /// <summary>Deletes files, in one commit; keys that are not there, and markers of folders, are as deleted.</summary>
    public async Task DeleteAsync(S3Bucket bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        List<TreeEdit> edits = [];
        foreach (string key in keys)
        {
            if (await FindAsync(bucket, key, cancellationToken) is { Kind: not EntryKind.Directory })
            {
                edits.Add(new DeletePath(PathOf(key)));
            }
        }

        Slipway.Data.Repos.BranchName branch = bucket.Branch;
        if (edits.Count > 0)
        {
            await commits.PutAsync(bucket.Repo.Name, branch, edits, "", "s3", cancellationToken);
        }
    }

    private async Task<BlobInfo> PutBlobAsync(S3Bucket bucket, Stream body, Digest? expected, CancellationToken cancellationToken)
    {
        try
        {
            return await contents.Of(bucket.Repo.Name).Blobs.PutAsync(body, expected, cancellationToken);
        }
        catch (SlipwayException error) when (error.Kind == ErrorKind.Corrupt && expected is not null)
        {
            throw new S3Exception(400, "XAmzContentSHA256Mismatch", "the body does not have the digest that x-amz-content-sha256 says");
        }
    }

    private async Task WriteAsync(S3Bucket bucket, TreeEdit edit, IReadOnlyList<Commit> sources, CancellationToken cancellationToken) =>
        await commits.PutAsync(bucket.Repo.Name, bucket.Branch, [edit], sources, "", "s3", cancellationToken);

    private async Task CheckConditionsAsync(S3Request request, S3Bucket bucket, string key)
    {
        TreeEntry? present = await FindAsync(bucket, key, request.Aborted);
        string? etag = present is { Kind: EntryKind.File } ? ETag(present.Digest) : null;
        if ((request.Header("If-None-Match") == "*" && etag is not null) || (request.Header("If-Match") is { } match && match != etag))
        {
            throw new S3Exception(412, "PreconditionFailed", $"the condition on {key} does not hold");
        }
    }

    private async Task<TreeEntry?> FindAsync(S3Bucket bucket, string key, CancellationToken cancellationToken)
    {
        bucket.Head?.ThrowIfDropped();
        return bucket.Head?.Tree is { } tree && !key.EndsWith('/') && DataPath.TryParse("/" + key, out DataPath path) && !path.IsRoot
            ? await contents.Of(bucket.Repo.Name).Trees.FindAsync(tree, path, cancellationToken)
            : null;
    }

    private static DataPath PathOf(string key) => !key.EndsWith('/') && DataPath.TryParse("/" + key, out DataPath path) && !path.IsRoot ? path
        : throw new S3Exception(400, "InvalidArgument", $"'{key}' cannot be a key here: it becomes a path, without empty parts, '.' and '..', of at most {DataPath.MaxBytes} bytes");

    private static (long Start, long Length) Range(HttpContext http, long size)
    {
        if (!RangeHeaderValue.TryParse(http.Request.Headers.Range.ToString(), out RangeHeaderValue? range) || range.Unit != "bytes" || range.Ranges.Count != 1)
        {
            return (0, size);
        }

        RangeItemHeaderValue item = range.Ranges.First();
        long start = item.From ?? Math.Max(0, size - item.To!.Value);
        long end = item.From is null ? size - 1 : Math.Min(item.To ?? size - 1, size - 1);
        if (start >= size || end < start)
        {
            throw new S3Exception(416, "InvalidRange", $"the range lies outside of the object's {size} bytes");
        }

        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end}/{size}");
        return (start, end - start + 1);
    }
}
