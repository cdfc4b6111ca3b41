using System.Globalization;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Registry.Access;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry.Uploads;

/// <summary>
/// Blobs as they come: in one piece, in chunks, or by mounting what another repository has. What comes goes into the store at once, and becomes a blob of the
/// repository when its digest was checked; chunks are put together without moving their bytes.
/// </summary>
internal sealed class UploadVerbs(RepositoryStore repositories, BlobUploadStore uploads, IBlobStore blobs)
{
    public async Task BeginAsync(RegistryRequest request)
    {
        if (await TryMountAsync(request))
        {
            return;
        }

        if (request.Query("digest") is { } said)
        {
            Digest expected = DigestOf(said);
            UploadBody body = new(request.Http.Request.Body);
            BlobInfo blob = await blobs.PutAsync(body, null, CancellationToken.None);
            if (!body.IsBroken)
            {
                await PublishAsync(request, Checked(blob, expected));
            }

            return;
        }

        BlobUpload upload = await uploads.BeginAsync(request.Repository, request.Aborted);
        Say(request, upload, 0, StatusCodes.Status202Accepted);
    }

    public async Task StatusAsync(RegistryRequest request)
    {
        BlobUpload upload = await uploads.GetAsync(request.Repository, request.Route.Reference, request.Aborted);
        Say(request, upload, await uploads.SizeAsync(upload, request.Aborted), StatusCodes.Status204NoContent);
    }

    public async Task AppendAsync(RegistryRequest request)
    {
        // What a client sent before it went away is kept, so nothing here ends with the connection.
        BlobUpload upload = await uploads.GetAsync(request.Repository, request.Route.Reference, CancellationToken.None);
        long size = await ReceiveAsync(request, upload);
        Say(request, upload, size, StatusCodes.Status202Accepted);
    }

    public async Task CompleteAsync(RegistryRequest request)
    {
        BlobUpload upload = await uploads.GetAsync(request.Repository, request.Route.Reference, CancellationToken.None);
        Digest expected = DigestOf(request.Query("digest"));
        List<UploadChunk> chunks = await uploads.ListAsync(upload, CancellationToken.None);
        UploadBody body = new(request.Http.Request.Body);
        long offset = Begin(request, upload, chunks.LastOrDefault()?.End ?? 0);
        BlobInfo rest = await blobs.PutAsync(body, null, CancellationToken.None);
        if (body.IsBroken)
        {
            await KeepAsync(upload, offset, rest);
            return;
        }

        if (rest.Size > 0)
        {
            chunks.Add(new(rest.Digest, offset, rest.Size));
        }

        BlobInfo blob = chunks.Count switch
        {
            0 => rest,
            1 => new(chunks[0].Digest, chunks[0].Length),
            _ => await blobs.ComposeAsync([.. chunks.Select(chunk => new BlobRange(chunk.Digest, 0, chunk.Length))], request.Aborted),
        };
        await PublishAsync(request, Checked(blob, expected));
        await uploads.RemoveAsync(upload, CancellationToken.None);
    }

    public async Task CancelAsync(RegistryRequest request)
    {
        await uploads.RemoveAsync(await uploads.GetAsync(request.Repository, request.Route.Reference, request.Aborted), request.Aborted);
        request.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Where the client may pull from the other repository, and that has the blob, it is this one's too, and nothing is sent; else the client begins an upload.</summary>
    private async Task<bool> TryMountAsync(RegistryRequest request)
    {
        if (request.Query("mount") is not { } said || !Digest.TryParse(said, out Digest digest)
            || !RepositoryName.TryParse(request.Query("from"), out RepositoryName? from)
            || !request.Caller.May(from, RepositoryRights.Pull)
            || await repositories.FindBlobAsync(from, digest, renew: false, request.Aborted) is not { } blob)
        {
            return false;
        }

        await PublishAsync(request, blob);
        return true;
    }

    private async Task<long> ReceiveAsync(RegistryRequest request, BlobUpload upload)
    {
        UploadBody body = new(request.Http.Request.Body);
        long offset = Begin(request, upload, await uploads.SizeAsync(upload, CancellationToken.None));
        BlobInfo blob = await blobs.PutAsync(body, null, CancellationToken.None);
        return await KeepAsync(upload, offset, blob);
    }

    private async Task<long> KeepAsync(BlobUpload upload, long offset, BlobInfo blob)
    {
        if (blob.Size == 0)
        {
            return offset;
        }

        await blobs.FlushAsync(CancellationToken.None);
        return (await uploads.AppendAsync(upload, offset, blob, CancellationToken.None)).End;
    }

    /// <summary>Where the body of a request begins, which says so itself where it has a <c>Content-Range</c>.</summary>
    private static long Begin(RegistryRequest request, BlobUpload upload, long size)
    {
        string range = request.Http.Request.Headers.ContentRange.ToString();
        if (range.Length == 0)
        {
            return size;
        }

        string[] ends = range.Split('-');
        if (ends.Length != 2 || !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            || !long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out long last) || last < first - 1)
        {
            throw new RegistryException(400, "BLOB_UPLOAD_INVALID", $"'{range}' is not a Content-Range of the form FIRST-LAST");
        }

        if (first != size)
        {
            Say(request, upload, size, StatusCodes.Status416RangeNotSatisfiable);
            throw new RegistryException(416, "BLOB_UPLOAD_INVALID", $"the upload has {size} bytes, so the next chunk begins there, not at {first}");
        }

        return request.Http.Request.ContentLength is { } length && length != last - first + 1
            ? throw new RegistryException(400, "SIZE_INVALID", $"Content-Range {range} is not of the {length} bytes that are sent")
            : first;
    }

    private async Task PublishAsync(RegistryRequest request, BlobInfo blob)
    {
        await repositories.AddBlobAsync(request.Repository, blob, request.Aborted);
        request.Response.StatusCode = StatusCodes.Status201Created;
        request.Response.Headers.Location = $"/v2/{request.Spelling}/blobs/{blob.Digest}";
        request.Response.Headers["Docker-Content-Digest"] = blob.Digest.ToString();
        request.Response.ContentLength = 0;
    }

    private static BlobInfo Checked(BlobInfo blob, Digest expected) => blob.Digest == expected ? blob
        : throw new RegistryException(400, "DIGEST_INVALID", $"the bytes that came have the digest {blob.Digest}, not {expected}");

    private static Digest DigestOf(string? said) => Digest.TryParse(said, out Digest digest) ? digest : throw RegistryException.BadDigest(said);

    private static void Say(RegistryRequest request, BlobUpload upload, long size, int status)
    {
        HttpResponse response = request.Response;
        response.StatusCode = status;
        response.Headers.Location = $"/v2/{request.Spelling}/blobs/uploads/{upload.Id}";
        response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, size - 1)}");
        response.Headers["Docker-Upload-UUID"] = upload.Id;
        if (status != StatusCodes.Status204NoContent)
        {
            response.ContentLength = 0;
        }
    }
}
