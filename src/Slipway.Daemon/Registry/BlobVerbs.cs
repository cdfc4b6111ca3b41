using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Api;
using Slipway.Daemon.Registry.Proxying;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry;

/// <summary>Blobs of repositories: read, whole or in ranges, and taken away.</summary>
/// <param name="upstreams">Null: there are none.</param>
internal sealed class BlobVerbs(RepositoryStore repositories, IBlobStore blobs, PullThrough? upstreams)
{
    public async Task GetAsync(RegistryRequest request)
    {
        Digest digest = request.Digest;
        bool isHead = HttpMethods.IsHead(request.Method);
        BlobInfo? found = await repositories.FindBlobAsync(request.Repository, digest, renew: isHead, request.Aborted);
        if (found is null && upstreams is not null)
        {
            if (await upstreams.TryAnswerAsync(request, digest))
            {
                return;
            }

            found = await repositories.FindBlobAsync(request.Repository, digest, renew: false, request.Aborted);
        }

        BlobInfo blob = found ?? throw RegistryException.NoBlob(request.Route.Reference);
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
