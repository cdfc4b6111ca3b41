using System.Net;
using System.Net.Http.Headers;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>Manifests and blobs of a repository of another registry.</summary>
public static class RemoteContent
{
    /// <summary>Reads a manifest by tag or digest.</summary>
    /// <returns>Its bytes, and the media type that it came under where that is a manifest's.</returns>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>; <see cref="ErrorKind.Corrupt"/>: it is not what its digest says;
    /// <see cref="ErrorKind.InvalidArgument"/>: it is larger than 4 MiB.
    /// </exception>
    public static async Task<(byte[] Json, string? Type)> ReadManifestAsync(RegistryConnection registry, string reference, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await registry.SendAsync(() => ManifestRequest(HttpMethod.Get, registry, reference), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw await registry.FailureAsync(answer, $"the request for {registry.Repository} {reference}", cancellationToken);
        }

        byte[] json = await registry.ReadAsync(answer, $"the manifest of {registry.Repository} {reference}", cancellationToken);
        return Digest.TryParse(reference, out Digest expected) && Digest.Of(json) != expected
                ? throw new SlipwayException(ErrorKind.Corrupt, $"the registry's manifest for {expected} has the digest {Digest.Of(json)}")
            : (json, answer.Content.Headers.ContentType?.MediaType is { } said && (MediaTypes.IsIndex(said) || MediaTypes.IsManifest(said)) ? said : null);
    }

    /// <summary>The digest of the manifest that a tag means there now; null where the registry does not say one.</summary>
    /// <exception cref="SlipwayException">As <see cref="ReadManifestAsync"/>.</exception>
    public static async Task<Digest?> FindManifestAsync(RegistryConnection registry, string tag, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await registry.SendAsync(() => ManifestRequest(HttpMethod.Head, registry, tag), cancellationToken);
        return !answer.IsSuccessStatusCode ? throw await registry.FailureAsync(answer, $"the request for {registry.Repository} {tag}", cancellationToken)
            : answer.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? said) && Digest.TryParse(said.First(), out Digest digest) ? digest
            : null;
    }

    /// <summary>Sees to it that the registry gives a blob to us.</summary>
    /// <exception cref="SlipwayException">As <see cref="FindBlobAsync"/>.</exception>
    public static async Task RequireBlobAsync(RegistryConnection registry, Digest blob, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await registry.SendAsync(() => new HttpRequestMessage(HttpMethod.Head, registry.At($"blobs/{blob}")), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw await registry.FailureAsync(answer, $"the question for layer {blob.Short}", cancellationToken);
        }
    }

    /// <summary>The size of a blob in bytes.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.</exception>
    public static async Task<long> FindBlobAsync(RegistryConnection registry, Digest blob, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await registry.SendAsync(() => new HttpRequestMessage(HttpMethod.Head, registry.At($"blobs/{blob}")), cancellationToken);
        return !answer.IsSuccessStatusCode ? throw await registry.FailureAsync(answer, $"the request for layer {blob.Short}", cancellationToken)
            : answer.Content.Headers.ContentLength ?? throw new SlipwayException(ErrorKind.Unavailable, $"the registry of {registry.Repository} does not say how large layer {blob.Short} is");
    }

    /// <summary>The bytes of a blob, on from where a connection broke. Nothing is asked before the first read.</summary>
    /// <param name="size">In bytes.</param>
    /// <param name="report">Told of each number of bytes that came.</param>
    public static Stream OpenBlob(RegistryConnection registry, Digest blob, long size, Action<long> report, TimeProvider time)
    {
        return new ResumingStream(OpenAsync, size, report, time);

        async Task<Stream> OpenAsync(long offset, CancellationToken stop)
        {
            HttpResponseMessage answer = await registry.SendAsync(
                () =>
                {
                    HttpRequestMessage request = new(HttpMethod.Get, registry.At($"blobs/{blob}"));
                    request.Headers.Range = offset > 0 ? new RangeHeaderValue(offset, null) : null;
                    return request;
                },
                stop);
            if (!answer.IsSuccessStatusCode)
            {
                using (answer)
                {
                    throw answer is { StatusCode: HttpStatusCode.RequestedRangeNotSatisfiable, Content.Headers.ContentRange.Length: { } length } && length != size
                        ? Other(answer, blob, size, length)
                        : await registry.FailureAsync(answer, $"the request for layer {blob.Short}", stop);
                }
            }

            long from = StartOf(answer, blob, size, offset);
            Stream body = await answer.Content.ReadAsStreamAsync(stop);
            await SkipAsync(body, offset - from, stop);
            return body;
        }
    }

    /// <summary>The offset in the blob at which an answer begins: a registry without ranges sends all again, and what is here of it is passed over.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: the blob is another than the manifest says; <see cref="ErrorKind.Unavailable"/>: it is another part than was asked for.</exception>
    private static long StartOf(HttpResponseMessage answer, Digest blob, long size, long offset)
    {
        ContentRangeHeaderValue? range = answer.StatusCode == HttpStatusCode.PartialContent ? answer.Content.Headers.ContentRange : null;
        long from = answer.StatusCode != HttpStatusCode.PartialContent ? 0 : range?.From ?? offset;
        long? whole = range is null ? from + answer.Content.Headers.ContentLength : range.Length;
        return whole is { } length && length != size ? throw Other(answer, blob, size, length)
            : from <= offset ? from
            : throw new SlipwayException(ErrorKind.Unavailable, $"{AuthorityOf(answer)} sends layer {blob.Short} from byte {from}, not from byte {offset}");
    }

    private static SlipwayException Other(HttpResponseMessage answer, Digest blob, long size, long length) =>
        new(ErrorKind.Corrupt, $"{AuthorityOf(answer)} has {length} bytes of layer {blob.Short}, whose manifest says {size}");

    private static string AuthorityOf(HttpResponseMessage answer) => answer.RequestMessage?.RequestUri?.Authority ?? "the registry";

    private static async Task SkipAsync(Stream body, long count, CancellationToken cancellationToken)
    {
        byte[] piece = new byte[64 << 10];
        while (count > 0)
        {
            int read = await body.ReadAsync(piece.AsMemory(0, (int)Math.Min(count, piece.Length)), cancellationToken);
            count = read > 0 ? count - read : throw new IOException("the connection ended early");
        }
    }

    private static HttpRequestMessage ManifestRequest(HttpMethod method, RegistryConnection registry, string reference)
    {
        HttpRequestMessage request = new(method, registry.At($"manifests/{reference}"));
        foreach (string type in (string[])[MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerManifestList, MediaTypes.DockerManifest])
        {
            request.Headers.Accept.Add(new(type));
        }

        return request;
    }
}
