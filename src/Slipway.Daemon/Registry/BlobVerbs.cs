using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Api;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry;

/// <summary>Blobs of repositories: read, whole or in ranges, and taken away.</summary>
internal sealed class BlobVerbs(RepositoryStore repositories, IBlobStore blobs)
{
    public async Task GetAsync(RegistryRequest request)
    {
        Digest digest = request.Digest;
        bool isHead = HttpMethods.IsHead(request.Method);
        BlobInfo blob = await repositories.FindBlobAsync(request.Repository, digest, renew: isHead, request.Aborted)
            ?? throw RegistryException.NoBlob(request.Route.Reference);
        HttpResponse response = request.Response;
        string etag = $"\"{digest}\"";
        response.Headers.ETag = etag;
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = "max-age=31536000";
        if (request.Http.Request.Headers.IfNoneMatch.Any(said => said is not null && said.Contains(etag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/octet-stream";
        if (isHead)
        {
            response.ContentLength = blob.Size;
            return;
        }

        (long start, long length) = ByteRange.Find(request.Http, blob.Size)
            ?? throw new RegistryException(416, "SIZE_INVALID", $"the range lies outside of the blob's {blob.Size} bytes");
        response.ContentLength = length;
        await using Stream content = await blobs.OpenTrustingAsync(digest, request.Aborted);
        content.Seek(start, SeekOrigin.Begin);
        await ByteCopy.ExactlyAsync(content, response.BodyWriter, length, request.Aborted);
    }

    /// <summary>The repository has it no more; the bytes go with the next collection, where nothing else needs them.</summary>
    public async Task DeleteAsync(RegistryRequest request)
    {
        if (!await repositories.DeleteBlobAsync(request.Repository, request.Digest, request.Aborted))
        {
            throw RegistryException.NoBlob(request.Route.Reference);
        }

        request.Response.StatusCode = StatusCodes.Status202Accepted;
        request.Response.ContentLength = 0;
    }
}
