using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Compression;

namespace Slipway.Images.Client;

/// <summary>
/// Brings blobs to one repository of a registry for one push: none that is there, none twice, mounted where another repository there has it, on from where a connection broke.
/// All members may be called at once.
/// </summary>
internal sealed class BlobPusher(RegistryConnection registry, IBlobStore blobs, TransferTally tally, TimeProvider time)
{
    private const int MostTries = 6;
    private const int CopyBytes = 1 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Blobs up to this many bytes go with the request that ends their upload: not worth a way of their own, nor going on with where they broke off.</summary>
    private const int AtOnceBytes = 64 << 10;

    private readonly ConcurrentDictionary<Digest, Lazy<Task<bool>>> _asked = [];
    private readonly ConcurrentDictionary<Digest, Lazy<Task>> _sent = [];

    /// <summary>The repository, as it is known here.</summary>
    public RepositoryName Repository => registry.Repository;

    /// <summary>Whether the repository has a blob.</summary>
    public Task<bool> HasAsync(Digest blob, CancellationToken cancellationToken) => _asked.GetOrAdd(blob, _ => new(async () =>
    {
        using HttpResponseMessage answer = await registry.SendAsync(() => new(HttpMethod.Head, registry.At($"blobs/{blob}")), cancellationToken);
        return answer.IsSuccessStatusCode;
    })).Value;

    /// <summary>Makes sure that the repository has a blob of the store.</summary>
    /// <param name="elsewhere">Another repository of the registry, which may have it.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: it is not in the store; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.</exception>
    public Task SendAsync(Digest blob, RepositoryName? elsewhere, CancellationToken cancellationToken) => _sent.GetOrAdd(blob, _ => new(async () =>
    {
        if (await HasAsync(blob, cancellationToken) || await BeginAsync(blob, elsewhere, cancellationToken) is not { } location)
        {
            return;
        }

        BlobInfo stored = await blobs.FindAsync(blob, cancellationToken) ?? throw new SlipwayException(ErrorKind.NotFound, $"blob {blob} is not in the store");
        tally.Expect(stored.Size);
        if (stored.Size > AtOnceBytes)
        {
            await EndAsync(blob, await UploadAsync(stored, location, cancellationToken), [], cancellationToken);
        }
        else
        {
            await EndAsync(blob, location, (await blobs.ReadAllAsync(blob, cancellationToken)).ToArray(), cancellationToken);
            tally.Add(stored.Size);
        }
    })).Value;

    /// <summary>
    /// Sends a layer while it is compressed, as nobody knows its digest yet. Where that does not come to an end, the layer is sent from the store when it is there.
    /// </summary>
    /// <param name="compress">Writes the compressed bytes to what it is given, and stores them.</param>
    /// <exception cref="SlipwayException">Those of <paramref name="compress"/>; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.</exception>
    public async Task<CompressedLayer> SendWhileCompressedAsync(Func<PipeWriter, CancellationToken, Task<CompressedLayer>> compress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 8 << 20, resumeWriterThreshold: 4 << 20, minimumSegmentSize: 256 << 10, useSynchronizationContext: false));
        Task<CompressedLayer> compressing = CompressAsync();
        try
        {
            Uri? end = await StreamAsync(pipe.Reader, cancellationToken);
            await pipe.Reader.CompleteAsync();
            CompressedLayer layer = await compressing;
            if (end is null)
            {
                await SendAsync(layer.Compressed, elsewhere: null, cancellationToken);
                return layer;
            }

            await EndAsync(layer.Compressed, end, [], cancellationToken);
            tally.AddWithout(layer.Size);
            _sent[layer.Compressed] = new(() => Task.CompletedTask);
            return layer;
        }
        finally
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await compressing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        async Task<CompressedLayer> CompressAsync()
        {
            try
            {
                CompressedLayer made = await compress(pipe.Writer, stop.Token);
                await pipe.Writer.CompleteAsync();
                return made;
            }
            catch (Exception fault)
            {
                await pipe.Writer.CompleteAsync(fault);
                throw;
            }
        }
    }

    /// <summary>Sends what comes, however much it is.</summary>
    /// <returns>Where the upload is ended; null where it broke, what comes did, or the registry does not take it so.</returns>
    private async Task<Uri?> StreamAsync(PipeReader content, CancellationToken cancellationToken)
    {
        Uri? begun = await BeginAsync(null, null, cancellationToken);
        await using Stream body = content.AsStream(leaveOpen: true);
        bool isRead = false;
        try
        {
            using HttpResponseMessage answer = await registry.SendAsync(
                () =>
                {
                    // It comes once: a registry that wants it again, as one whose proof is over, gets it from the store.
                    isRead = !isRead ? true : throw new IOException("the layer is on its way already");
                    HttpRequestMessage request = new(HttpMethod.Patch, begun) { Content = new StreamContent(new LentStream(body), CopyBytes) };
                    request.Content.Headers.ContentType = new("application/octet-stream");
                    return request;
                },
                cancellationToken);
            return answer.StatusCode == HttpStatusCode.Accepted ? RegistryConnection.LocationOf(answer) : null;
        }
        catch (Exception fault) when (fault is IOException or SlipwayException { Kind: ErrorKind.Unavailable })
        {
            return null;
        }
    }

    /// <summary>Begins an upload.</summary>
    /// <returns>Where it goes; null where the blob was mounted.</returns>
    private async Task<Uri?> BeginAsync(Digest? blob, RepositoryName? elsewhere, CancellationToken cancellationToken)
    {
        string mount = blob is null || elsewhere is null ? "" : $"?mount={blob}&from={elsewhere.Path}";
        using HttpResponseMessage begun = await registry.SendAsync(() => new(HttpMethod.Post, registry.At("blobs/uploads/" + mount)) { Content = Content([], null) }, cancellationToken);
        return begun.StatusCode switch
        {
            HttpStatusCode.Created when mount.Length > 0 => null,
            HttpStatusCode.Accepted => RegistryConnection.LocationOf(begun),
            _ => throw await registry.FailureAsync(begun, blob is { } known ? $"the upload of layer {known.Short}" : "the upload of a layer", cancellationToken),
        };
    }

    private async Task EndAsync(Digest blob, Uri location, byte[] rest, CancellationToken cancellationToken)
    {
        Uri end = new(location.AbsoluteUri + (location.Query.Length > 0 ? "&" : "?") + $"digest={Uri.EscapeDataString(blob.ToString())}");
        using HttpResponseMessage done = await registry.SendAsync(
            () => new(HttpMethod.Put, end) { Content = Content(rest, rest.Length > 0 ? "application/octet-stream" : null) }, cancellationToken);
        if (done.StatusCode != HttpStatusCode.Created)
        {
            throw await registry.FailureAsync(done, $"the end of layer {blob.Short}", cancellationToken);
        }
    }

    /// <summary>Sends the bytes, on from where the registry has them when a connection broke; answers where the upload is ended.</summary>
    private async Task<Uri> UploadAsync(BlobInfo blob, Uri location, CancellationToken cancellationToken)
    {
        for (long offset = 0, failures = 0; offset < blob.Size;)
        {
            try
            {
                using HttpResponseMessage answer = await PatchAsync(blob, location, offset, cancellationToken);
                if (answer.StatusCode != HttpStatusCode.Accepted)
                {
                    throw await registry.FailureAsync(answer, $"layer {blob.Digest.Short}", cancellationToken);
                }

                location = RegistryConnection.LocationOf(answer);
                tally.Add(blob.Size - offset);
                return location;
            }
            catch (Exception fault) when (fault is IOException or SlipwayException { Kind: ErrorKind.Unavailable } && ++failures < MostTries)
            {
                await Task.Delay(FirstPause * (1 << (int)failures), time, cancellationToken);
                using HttpResponseMessage status = await registry.SendAsync(() => new(HttpMethod.Get, location), cancellationToken);
                long came = status.IsSuccessStatusCode ? EndOf(status) : throw await registry.FailureAsync(status, $"where layer {blob.Digest.Short} goes on", cancellationToken);
                tally.Add(came - offset);
                (offset, location) = (came, status.Headers.Location is null ? location : RegistryConnection.LocationOf(status));
            }
        }

        return location;
    }

    private async Task<HttpResponseMessage> PatchAsync(BlobInfo blob, Uri location, long offset, CancellationToken cancellationToken)
    {
        // The registry digests what comes, and takes nothing else.
        await using Stream content = await blobs.OpenTrustingAsync(blob.Digest, cancellationToken);
        return await registry.SendAsync(
            () =>
            {
                content.Position = offset;
                HttpRequestMessage request = new(HttpMethod.Patch, location) { Content = new StreamContent(new LentStream(content), CopyBytes) };
                request.Content.Headers.ContentType = new("application/octet-stream");
                request.Content.Headers.ContentLength = blob.Size - offset;
                request.Content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{blob.Size - 1}"));
                return request;
            },
            cancellationToken);
    }

    private static long EndOf(HttpResponseMessage status) =>
        status.Headers.TryGetValues("Range", out IEnumerable<string>? values) && values.First().Split('-') is [_, var last]
        && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long end) && end > 0 ? end + 1 : 0;

    private static ByteArrayContent Content(byte[] bytes, string? type)
    {
        ByteArrayContent content = new(bytes);
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        return content;
    }
}
