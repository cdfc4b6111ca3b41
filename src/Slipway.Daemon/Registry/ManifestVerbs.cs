using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Registry.Proxying;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry;

/// <summary>Manifests of repositories: read, pushed, and taken away by tag or by digest.</summary>
/// <param name="isUsed">Whether a container or a pipeline runs the image of a manifest.</param>
/// <param name="changed">Called when something that may be large was let go.</param>
/// <param name="upstreams">Null: there are none.</param>
internal sealed class ManifestVerbs(
    RepositoryStore repositories, IBlobStore blobs, Func<Digest, CancellationToken, ValueTask<bool>> isUsed, Action changed, PullThrough? upstreams)
{
    /// <summary>The specification asks for at least 4 MiB.</summary>
    private const int LargestManifest = 4 << 20;

    public async Task GetAsync(RegistryRequest request)
    {
        ManifestRecord? kept = await repositories.FindManifestAsync(request.Repository, request.Route.Reference, request.Aborted);
        FetchedManifest? fetched = upstreams is null ? null : await upstreams.FindManifestAsync(request.Repository, request.Route.Reference, kept, request.Aborted);
        Digest digest = fetched?.Digest ?? kept?.Manifest ?? throw RegistryException.NoManifest(request.Route.Reference);
        HttpResponse response = request.Response;
        string etag = $"\"{digest}\"";
        response.Headers.ETag = etag;
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        if (request.Http.Request.Headers.IfNoneMatch.Any(said => said is not null && said.Contains(etag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = fetched?.Content.MediaType ?? kept!.MediaType;
        response.ContentLength = fetched?.Json.Length ?? kept!.Size;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(fetched is null ? await blobs.ReadAllAsync(digest, request.Aborted) : fetched.Json, request.Aborted);
        }
    }

    public async Task PutAsync(RegistryRequest request)
    {
        string reference = request.Route.Reference;
        bool isDigest = Digest.TryParse(reference, out Digest expected);
        if (!isDigest && !ImageReference.IsTag(reference))
        {
            throw new RegistryException(400, reference.Contains(':', StringComparison.Ordinal) ? "DIGEST_INVALID" : "MANIFEST_INVALID", $"'{reference}' is neither a tag nor a sha256 digest");
        }

        byte[] json = await ReadAsync(request);
        Digest digest = Digest.Of(json);
        if (isDigest && digest != expected)
        {
            throw new RegistryException(400, "DIGEST_INVALID", $"the manifest's digest is {digest}, not {expected}");
        }

        ManifestRecord manifest = await PutAsync(request, json, isDigest ? null : reference);
        HttpResponse response = request.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v2/{request.Spelling}/manifests/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.ContentLength = 0;
        if (manifest.Subject is { } subject)
        {
            response.Headers["OCI-Subject"] = subject.ToString();
        }
    }

    /// <summary>By tag, only the tag goes.</summary>
    public async Task DeleteAsync(RegistryRequest request)
    {
        string reference = request.Route.Reference;
        bool wasThere = Digest.TryParse(reference, out Digest digest)
            ? await repositories.DeleteManifestAsync(request.Repository, digest, await isUsed(digest, request.Aborted), request.Aborted)
            : ImageReference.IsTag(reference) && await repositories.DeleteTagAsync(request.Repository, reference, request.Aborted);
        if (!wasThere)
        {
            throw RegistryException.NoManifest(reference);
        }

        changed();
        request.Response.StatusCode = StatusCodes.Status202Accepted;
        request.Response.ContentLength = 0;
    }

    private async Task<ManifestRecord> PutAsync(RegistryRequest request, byte[] json, string? tag)
    {
        try
        {
            string? type = request.Http.Request.ContentType?.Split(';')[0].Trim();
            return await repositories.PutManifestAsync(request.Repository, json, string.IsNullOrEmpty(type) ? null : type, tag, whole: true, request.Aborted);
        }
        catch (SlipwayException error) when (error.Kind == ErrorKind.NotFound)
        {
            throw new RegistryException(400, "MANIFEST_BLOB_UNKNOWN", error.Message);
        }
    }

    private static async Task<byte[]> ReadAsync(RegistryRequest request)
    {
        if (request.Http.Request.ContentLength > LargestManifest)
        {
            throw TooLarge();
        }

        using MemoryStream buffer = new();
        byte[] piece = new byte[64 << 10];
        for (int count; (count = await request.Http.Request.Body.ReadAsync(piece, request.Aborted)) > 0;)
        {
            buffer.Write(piece, 0, count);
            if (buffer.Length > LargestManifest)
            {
                throw TooLarge();
            }
        }

        return buffer.ToArray();
    }

    private static RegistryException TooLarge() => new(413, "SIZE_INVALID", $"a manifest has at most {LargestManifest} bytes");
}
