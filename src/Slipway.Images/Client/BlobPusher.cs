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
            await EndAsync(blob, await UploadAsync(stored, location, 0, cancellationToken), [], cancellationToken);
            return;
        }

        byte[] bytes = (await blobs.ReadAllAsync(blob, cancellationToken)).ToArray();
        Uri? begun = location;
        await PersistAsync(
            async () =>
            {
                Uri at = begun ?? (await BeginAsync(null, null, cancellationToken))!;
                begun = null;
                await EndAsync(blob, at, bytes, cancellationToken);
                return at;
            },
            cancellationToken);
        tally.Add(stored.Size);
    })).Value;

    /// <summary>
    /// Sends a layer while it is compressed, as nobody knows its digest yet. Where the way is so slow that compressing would wait for it, or breaks off, the digest is known
    /// before all is sent: then the registry is asked for it, and gets the rest from the store where it has it not.
    /// </summary>
    /// <param name="compress">Stores the compressed bytes, and writes them to what it is given for as long as that keeps up.</param>
    /// <exception cref="SlipwayException">Those of <paramref name="compress"/>; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.</exception>
    public async Task<CompressedLayer> SendWhileCompressedAsync(Func<PipeWriter, CancellationToken, Task<CompressedLayer>> compress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 8 << 20, resumeWriterThreshold: 4 << 20, minimumSegmentSize: 256 << 10, useSynchronizationContext: false));
        Task<CompressedLayer> compressing = compress(pipe.Writer, stop.Token);
        try
        {
            Uri begun = (await BeginAsync(null, null, cancellationToken))!;
            (Uri Location, long Came)? sent = await StreamAsync(begun, pipe.Reader, cancellationToken);
            await pipe.Reader.CompleteAsync();
            CompressedLayer layer = await compressing;
            await GoOnAsync(new(layer.Compressed, layer.Size), begun, sent, cancellationToken);
            _sent[layer.Compressed] = new(() => Task.CompletedTask);
            return layer;
        }
        finally
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await compressing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Sends what comes, however much it is.</summary>
    /// <returns>Where the upload goes on, and how much went; null where it broke, what comes did, or the registry does not take it so.</returns>
    private async Task<(Uri Location, long Came)?> StreamAsync(Uri begun, PipeReader content, CancellationToken cancellationToken)
    {
        long came = 0;
        await using CountingStream body = new(content.AsStream(leaveOpen: true), count => came += count);
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
            return answer.StatusCode == HttpStatusCode.Accepted ? (RegistryConnection.LocationOf(answer), came) : null;
        }
        catch (Exception fault) when (fault is IOException or SlipwayException { Kind: ErrorKind.Unavailable })
        {
            return null;
        }
    }

    /// <summary>Brings the upload of a blob that is stored by now to its end.</summary>
    /// <param name="sent">As <see cref="StreamAsync"/> answers.</param>
    private async Task GoOnAsync(BlobInfo blob, Uri begun, (Uri Location, long Came)? sent, CancellationToken cancellationToken)
    {
        if (sent is { } whole && whole.Came == blob.Size)
        {
            await EndAsync(blob.Digest, whole.Location, [], cancellationToken);
            tally.AddWithout(blob.Size);
            return;
        }

        if (await HasAsync(blob.Digest, cancellationToken))
        {
            await CancelAsync(sent?.Location ?? begun, cancellationToken);
            return;
        }

        tally.Expect(blob.Size);
        try
        {
            await EndAsync(blob.Digest, await UploadAsync(blob, sent?.Location ?? begun, sent?.Came, cancellationToken), [], cancellationToken);
        }
        catch (SlipwayException lost) when (lost.Kind == ErrorKind.NotFound)
        {
            await SendAsync(blob.Digest, elsewhere: null, cancellationToken);
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

    /// <summary>Gives an upload up. Where the registry does not let us, or is away, it forgets the upload by itself in time, and the push needs it no more.</summary>
    private async Task CancelAsync(Uri location, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage _ = await registry.SendAsync(() => new(HttpMethod.Delete, location), cancellationToken);
        }
        catch (SlipwayException fault) when (fault.Kind is ErrorKind.PermissionDenied or ErrorKind.Unavailable)
        {
            return;
        }
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

    /// <summary>Sends the bytes, on from where the registry has them when a connection broke.</summary>
    /// <param name="offset">How many it has; null: it is asked.</param>
    /// <returns>Where the upload is ended.</returns>
    private async Task<Uri> UploadAsync(BlobInfo blob, Uri location, long? offset, CancellationToken cancellationToken)
    {
        long counted = 0;
        return await PersistAsync(
            async () =>
            {
                (location, long from) = offset is { } known ? (location, known) : await FindEndAsync(blob, location, cancellationToken);
                offset = null;
                tally.Add(from - counted);
                counted = from;
                location = from < blob.Size ? await PatchAsync(blob, location, from, cancellationToken) : location;
                tally.Add(blob.Size - from);
                return location;
            },
            cancellationToken);
    }

    /// <summary>Tries again, after a pause that grows, where a connection broke or the registry failed.</summary>
    private async Task<T> PersistAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        for (int failures = 0; ;)
        {
            try
            {
                return await attempt();
            }
            catch (Exception fault) when (fault is IOException or SlipwayException { Kind: ErrorKind.Unavailable } && ++failures < MostTries)
            {
                await Task.Delay(FirstPause * (1 << failures), time, cancellationToken);
            }
        }
    }

    /// <summary>How much of an upload the registry has, and where it goes on.</summary>
    private async Task<(Uri Location, long Came)> FindEndAsync(BlobInfo blob, Uri location, CancellationToken cancellationToken)
    {
        using HttpResponseMessage status = await registry.SendAsync(() => new(HttpMethod.Get, location), cancellationToken);
        return status.IsSuccessStatusCode
            ? (status.Headers.Location is null ? location : RegistryConnection.LocationOf(status), EndOf(status))
            : throw await registry.FailureAsync(status, $"where layer {blob.Digest.Short} goes on", cancellationToken);
    }

    private async Task<Uri> PatchAsync(BlobInfo blob, Uri location, long offset, CancellationToken cancellationToken)
    {
        // The registry digests what comes, and takes nothing else.
        await using Stream content = await blobs.OpenTrustingAsync(blob.Digest, cancellationToken);
        using HttpResponseMessage answer = await registry.SendAsync(
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
        return answer.StatusCode == HttpStatusCode.Accepted
            ? RegistryConnection.LocationOf(answer)
            : throw await registry.FailureAsync(answer, $"layer {blob.Digest.Short}", cancellationToken);
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
