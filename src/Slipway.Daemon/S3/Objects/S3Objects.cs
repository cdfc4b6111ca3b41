using System.Globalization;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Api;
using Slipway.Daemon.S3.Buckets;
using Slipway.Daemon.S3.Listing;
using Slipway.Daemon.S3.Payloads;
using Slipway.Daemon.S3.Signing;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Daemon.S3.Objects;

/// <summary>Objects: get, head, put, copy, delete. Each write is a commit of its own, so that it is read by whoever comes after it.</summary>
internal sealed class S3Objects(CommitStore commits, RepoContents contents, S3Buckets buckets, ObjectMetadataStore metadata, FolderMarkers markers)
{
    private const string Author = "s3";
    private const string ResponseHeader = "response-";

    /// <summary>Not the MD5 that clients would compare: the dash says so, as it does for Amazon's own objects of several parts.</summary>
    public static string ETag(Digest digest) => $"\"{digest.Hex}-1\"";

    public async Task GetAsync(S3Request request, S3Bucket bucket, string key)
    {
        TreeEntry? entry = await FindAsync(bucket, key.TrimEnd('/'), request.Aborted);
        bool marker = key.EndsWith('/') && (entry?.Kind == EntryKind.Directory || (await markers.ListAsync(bucket, request.Aborted)).Contains(key));
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

        ObjectMetadata.Write(marker ? null : await metadata.FindAsync(bucket.Repo.Name, key, entry!.Digest, request.Aborted), response.Headers);
        response.ContentType = marker ? "application/x-directory" : response.ContentType;
        foreach ((string name, string value) in request.Query.Where(member => member.Key.StartsWith(ResponseHeader, StringComparison.Ordinal)))
        {
            response.Headers[name[ResponseHeader.Length..]] = value;
        }

        (long start, long length) = Range(request.Http, size);
        response.ContentLength = length;
        if (HttpMethods.IsHead(request.Method) || marker)
        {
            return;
        }

        await using Stream content = await contents.Of(bucket.Repo.Name).Blobs.OpenTrustingAsync(entry!.Digest, request.Aborted);
        content.Seek(start, SeekOrigin.Begin);
        await ByteCopy.ExactlyAsync(content, response.BodyWriter, length, request.Aborted);
    }

    public async Task PutAsync(S3Request request, SignedRequest signed, S3Bucket bucket, string key)
    {
        _ = bucket.Branch;
        ObjectMetadata? said = ObjectMetadata.Of(request.Http.Request.Headers);
        if (!key.EndsWith('/'))
        {
            _ = PathOf(key);
        }

        BlobInfo blob = await PutBodyAsync(request, signed, bucket);
        if (!key.EndsWith('/'))
        {
            await WriteAsync(request, bucket, key, blob, said);
        }
        else if (blob.Size == 0)
        {
            await markers.AddAsync(bucket, key, request.Aborted);
        }
        else
        {
            throw new S3Exception(400, "InvalidArgument", $"'{key}' ends with a slash: it names a folder, which has no bytes of its own");
        }

        request.Http.Response.Headers.ETag = ETag(blob.Digest);
    }

    public async Task CopyAsync(S3Request request, S3Bucket bucket, string key)
    {
        (S3Bucket from, string sourceKey, TreeEntry entry) = await FindSourceAsync(request);
        DataPath path = PathOf(key);
        ObjectMetadata? said = request.Header("x-amz-metadata-directive") == "REPLACE"
            ? ObjectMetadata.Of(request.Http.Request.Headers)
            : await metadata.FindAsync(from.Repo.Name, sourceKey, entry.Digest, request.Aborted);
        await BringAsync(from, bucket, entry, request.Aborted);
        await metadata.SetAsync(bucket.Repo.Name, key, entry.Digest, said, request.Aborted);
        TreeEntry? before = await FindAsync(bucket, key, request.Aborted);
        if (before is not { Kind: EntryKind.File } || before.Digest != entry.Digest)
        {
            PutEntry edit = new(path, TreeEntry.File(path.Name, entry.Size, entry.Digest, entry.Executable));
            await commits.PutAsync(
                bucket.Repo.Name, bucket.Branch, [edit], [from.Head!], "", Author, request.Aborted, Conditions.OfWrite(request) ? basis => CheckAsync(request, bucket, key, basis) : null);
        }

        await S3Xml.WriteAsync(
            request.Http,
            "CopyObjectResult",
            xml =>
            {
                xml.WriteElementString("LastModified", S3Xml.Time(bucket.Modified));
                xml.WriteElementString("ETag", ETag(entry.Digest));
            });
    }

    /// <summary>The object that a copy is made of, where its conditions hold.</summary>
    public async Task<(S3Bucket Bucket, string Key, TreeEntry Entry)> FindSourceAsync(S3Request request)
    {
        string source = Uri.UnescapeDataString(request.Header("x-amz-copy-source")!.Split('?')[0]).TrimStart('/');
        int slash = source.IndexOf('/', StringComparison.Ordinal);
        S3Bucket from = await buckets.GetAsync(slash < 0 ? source : source[..slash], request.Aborted);
        string key = slash < 0 ? "" : source[(slash + 1)..];
        TreeEntry entry = await FindAsync(from, key, request.Aborted) is { Kind: EntryKind.File } found ? found
            : throw new S3Exception(404, "NoSuchKey", $"there is no {source} to copy from");
        Conditions.CheckSource(request, ETag(entry.Digest), from.Modified);
        return (from, key, entry);
    }

    /// <summary>Gives a bucket the bytes of another one's object, where the two are not kept in one store.</summary>
    public async Task BringAsync(S3Bucket from, S3Bucket to, TreeEntry entry, CancellationToken cancellationToken)
    {
        RepoContent here = contents.Of(to.Repo.Name);
        if (here != contents.Of(from.Repo.Name))
        {
            await using Stream bytes = await contents.Of(from.Repo.Name).Blobs.OpenAsync(entry.Digest, cancellationToken);
            await here.Blobs.PutAsync(bytes, entry.Digest, cancellationToken);
        }
    }

    /// <summary>True for a bucket without an object.</summary>
    public async Task<bool> IsEmptyAsync(S3Bucket bucket, CancellationToken cancellationToken) =>
        (await markers.ListAsync(bucket, cancellationToken)).Count == 0
        && (bucket.Head?.Tree is not { } tree || !await contents.Of(bucket.Repo.Name).Trees.ListAsync(tree, null, cancellationToken).AnyAsync(cancellationToken));

    /// <summary>Deletes files, in one commit; keys that are not there are as deleted.</summary>
    public async Task DeleteAsync(S3Bucket bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        Slipway.Data.Repos.BranchName branch = bucket.Branch;
        List<TreeEdit> edits = [];
        foreach (string key in keys)
        {
            if (await FindAsync(bucket, key, cancellationToken) is { Kind: not EntryKind.Directory })
            {
                edits.Add(new DeletePath(PathOf(key)));
            }
        }

        await markers.RemoveAsync(bucket, [.. keys.Where(key => key.EndsWith('/'))], cancellationToken);
        if (edits.Count > 0)
        {
            await commits.PutAsync(bucket.Repo.Name, branch, edits, "", Author, cancellationToken);
        }
    }

    /// <summary>Stores the body of a request, checked by all that was said of it.</summary>
    public async Task<BlobInfo> PutBodyAsync(S3Request request, SignedRequest signed, S3Bucket bucket)
    {
        await using CheckedBody body = new(request.Http, signed);
        Digest? expected = Digest.TryParseHex(signed.Payload, out Digest said) ? said : null;
        BlobInfo blob = await PutBlobAsync(bucket, body, expected, request.Aborted);
        foreach ((string name, string sum) in body.Sums)
        {
            request.Http.Response.Headers[name] = sum;
        }

        return blob;
    }

    /// <summary>Commits a stored blob under a key, if the request's conditions hold of what stands there.</summary>
    public async Task WriteAsync(S3Request request, S3Bucket bucket, string key, BlobInfo blob, ObjectMetadata? said)
    {
        DataPath path = PathOf(key);
        await metadata.SetAsync(bucket.Repo.Name, key, blob.Digest, said, request.Aborted);
        PutEntry edit = new(path, TreeEntry.File(path.Name, blob.Size, blob.Digest));
        await commits.PutAsync(
            bucket.Repo.Name, bucket.Branch, [edit], [], "", Author, request.Aborted, Conditions.OfWrite(request) ? basis => CheckAsync(request, bucket, key, basis) : null);
    }

    /// <summary>What a key becomes.</summary>
    /// <exception cref="S3Exception">It cannot be a path.</exception>
    public static DataPath PathOf(string key) => !key.EndsWith('/') && DataPath.TryParse("/" + key, out DataPath path) && !path.IsRoot ? path
        : throw new S3Exception(400, "InvalidArgument", $"'{key}' cannot be a key here: it becomes a path, without empty parts, '.' and '..', of at most {DataPath.MaxBytes} bytes");

    private async ValueTask CheckAsync(S3Request request, S3Bucket bucket, string key, Digest basis)
    {
        TreeEntry? present = await contents.Of(bucket.Repo.Name).Trees.FindAsync(basis, PathOf(key), request.Aborted);
        Conditions.CheckWrite(request, key, present is { Kind: EntryKind.File } ? ETag(present.Digest) : null);
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

    private async Task<TreeEntry?> FindAsync(S3Bucket bucket, string key, CancellationToken cancellationToken)
    {
        bucket.Head?.ThrowIfDropped();
        return bucket.Head?.Tree is { } tree && !key.EndsWith('/') && DataPath.TryParse("/" + key, out DataPath path) && !path.IsRoot
            ? await contents.Of(bucket.Repo.Name).Trees.FindAsync(tree, path, cancellationToken)
            : null;
    }

    private static (long Start, long Length) Range(HttpContext http, long size) =>
        ByteRange.Find(http, size) ?? throw new S3Exception(416, "InvalidRange", $"the range lies outside of the object's {size} bytes");
}
