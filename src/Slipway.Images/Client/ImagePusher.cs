using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Compression;
using Slipway.Images.Repositories;

namespace Slipway.Images.Client;

/// <summary>Brings images of the store to registries: several layers at once, none that is there already, mounted where another repository there has it.</summary>
public sealed class ImagePusher(RepositoryStore repositories, ManifestCompressor compressor, IBlobStore blobs, TimeProvider time)
{
    private const int AtOnce = 4;
    private const int MostTries = 6;
    private const int CopyBytes = 1 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Pushes what a reference means here under that name there: an index with all its images, or of one that was pulled for a platform that image.</summary>
    /// <param name="referrers">Whether what is about these images goes along: provenance, bills of materials, signatures. It is about these very manifests, so not with compression.</param>
    /// <param name="compression">For plain layers, of one image.</param>
    /// <returns>The digest of the manifest that the reference means there, and how many bytes went.</returns>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: it is not here; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.
    /// </exception>
    public async Task<(Digest Manifest, long Bytes)> PushAsync(
        RegistryConnection registry, ImageReference reference, bool referrers, LayerCompression compression, IProgress<TransferStep>? progress, CancellationToken cancellationToken)
    {
        TransferTally tally = new($"pushing {reference.Familiar}", progress);
        string wanted = reference.Digest is { } pinned ? pinned.ToString() : reference.Tag!;
        ManifestRecord manifest = await FindAsync(registry.Repository, wanted, cancellationToken) ?? throw new SlipwayException(
            ErrorKind.NotFound, $"there is no image '{reference.Familiar}'", $"Give an image that name first: slipway tag IMAGE {reference.Familiar}");
        List<ManifestRecord> children = [];
        foreach (Digest child in manifest.Children)
        {
            if (await FindAsync(registry.Repository, child.ToString(), cancellationToken) is { } found)
            {
                children.Add(found);
            }
        }

        bool isWhole = children.Count == manifest.Children.Length;
        if (!isWhole && children.Count != 1)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"{reference.Familiar} names {manifest.Children.Length} images, of which {children.Count} are here",
                $"Pull the others: slipway pull --all-platforms {reference.Familiar}");
        }

        foreach (ManifestRecord child in isWhole ? children : [])
        {
            await PushAsync(registry, child, child.Manifest.ToString(), tally, cancellationToken);
        }

        ManifestRecord top = isWhole ? manifest : children[0];
        if (compression != LayerCompression.None)
        {
            if (isWhole && children.Count > 0)
            {
                throw new SlipwayException(
                    ErrorKind.InvalidArgument, $"{reference.Familiar} names {children.Count} images, and only one is compressed on its way", "Push it without --compression, or tag and push one of its images.");
            }

            ManifestRecord plain = top;
            top = await compressor.CompressAsync(plain, compression, new TransferTally($"compressing {reference.Familiar}", progress).AddWithout, cancellationToken);
            referrers &= top == plain;
        }

        await PushAsync(registry, top, isWhole || reference.Digest is null ? wanted : top.Manifest.ToString(), tally, cancellationToken);
        if (referrers)
        {
            await PushReferrersAsync(registry, [top.Manifest, .. isWhole ? manifest.Children : []], tally, cancellationToken);
        }

        return (top.Manifest, tally.Done);
    }

    /// <summary>Pushes a manifest that is stored under no name here, with its blobs.</summary>
    /// <param name="reference">The tag or digest that it gets there.</param>
    /// <exception cref="SlipwayException">As <see cref="PushAsync(RegistryConnection, ImageReference, IProgress{TransferStep}?, CancellationToken)"/>.</exception>
    public Task PushManifestAsync(RegistryConnection registry, ManifestRecord manifest, string reference, CancellationToken cancellationToken) =>
        PushAsync(registry, manifest, reference, new TransferTally("", null), cancellationToken);

    private ValueTask<ManifestRecord?> FindAsync(RepositoryName repository, string reference, CancellationToken cancellationToken) =>
        repositories.FindManifestAsync(repository, reference, cancellationToken);

    /// <summary>What is about these manifests, and what is about that in turn.</summary>
    private async Task PushReferrersAsync(RegistryConnection registry, IEnumerable<Digest> subjects, TransferTally tally, CancellationToken cancellationToken)
    {
        Queue<Digest> waiting = new(subjects);
        HashSet<Digest> seen = [.. waiting];
        while (waiting.TryDequeue(out Digest subject))
        {
            foreach (ManifestRecord referrer in await repositories.ListReferrersAsync(subject, cancellationToken))
            {
                bool isListed = await PushAsync(registry, referrer, referrer.Manifest.ToString(), tally, cancellationToken);
                if (!isListed)
                {
                    await ReferrersTag.AddAsync(registry, subject, referrer, cancellationToken);
                }

                if (seen.Add(referrer.Manifest))
                {
                    waiting.Enqueue(referrer.Manifest);
                }
            }
        }
    }

    /// <returns>Of a manifest that is about another: whether the registry lists it as such itself.</returns>
    private async Task<bool> PushAsync(RegistryConnection registry, ManifestRecord manifest, string reference, TransferTally tally, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Digest, RepositoryName> elsewhere = await repositories.FindElsewhereAsync(registry.Repository, manifest.Blobs, cancellationToken);
        await Parallel.ForEachAsync(
            manifest.Blobs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (blob, stop) => await SendAsync(registry, blob, elsewhere.GetValueOrDefault(blob), tally, stop));
        byte[] json = (await blobs.ReadAllAsync(manifest.Manifest, cancellationToken)).ToArray();
        using HttpResponseMessage answer = await registry.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, registry.At($"manifests/{reference}")) { Content = Content(json, manifest.MediaType) }, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw await registry.FailureAsync(answer, $"the manifest of {registry.Repository} {reference}", cancellationToken);
        }

        return answer.Headers.Contains("OCI-Subject");
    }

    private async Task SendAsync(RegistryConnection registry, Digest digest, RepositoryName? elsewhere, TransferTally tally, CancellationToken cancellationToken)
    {
        using (HttpResponseMessage there = await registry.SendAsync(() => new(HttpMethod.Head, registry.At($"blobs/{digest}")), cancellationToken))
        {
            if (there.IsSuccessStatusCode)
            {
                return;
            }
        }

        string mount = elsewhere is null ? "" : $"?mount={digest}&from={elsewhere.Path}";
        using HttpResponseMessage begun = await registry.SendAsync(() => new(HttpMethod.Post, registry.At("blobs/uploads/" + mount)) { Content = Content([], null) }, cancellationToken);
        if (begun.StatusCode == HttpStatusCode.Created)
        {
            return;
        }

        if (begun.StatusCode != HttpStatusCode.Accepted)
        {
            throw await registry.FailureAsync(begun, $"the upload of layer {digest.Short}", cancellationToken);
        }

        Uri location = await UploadAsync(registry, digest, RegistryConnection.LocationOf(begun), tally, cancellationToken);
        Uri end = new(location.AbsoluteUri + (location.Query.Length > 0 ? "&" : "?") + $"digest={Uri.EscapeDataString(digest.ToString())}");
        using HttpResponseMessage done = await registry.SendAsync(() => new(HttpMethod.Put, end) { Content = Content([], null) }, cancellationToken);
        if (done.StatusCode != HttpStatusCode.Created)
        {
            throw await registry.FailureAsync(done, $"the end of layer {digest.Short}", cancellationToken);
        }
    }

    /// <summary>Sends the bytes, on from where the registry has them when a connection broke; answers where the upload is ended.</summary>
    private async Task<Uri> UploadAsync(RegistryConnection registry, Digest digest, Uri location, TransferTally tally, CancellationToken cancellationToken)
    {
        BlobInfo blob = await blobs.FindAsync(digest, cancellationToken) ?? throw new SlipwayException(ErrorKind.NotFound, $"blob {digest} is not in the store");
        tally.Expect(blob.Size);
        for (long offset = 0, failures = 0; offset < blob.Size;)
        {
            try
            {
                using HttpResponseMessage answer = await PatchAsync(registry, digest, location, offset, blob.Size, cancellationToken);
                if (answer.StatusCode != HttpStatusCode.Accepted)
                {
                    throw await registry.FailureAsync(answer, $"layer {digest.Short}", cancellationToken);
                }

                location = RegistryConnection.LocationOf(answer);
                tally.Add(blob.Size - offset);
                return location;
            }
            catch (Exception fault) when (fault is IOException or SlipwayException { Kind: ErrorKind.Unavailable } && ++failures < MostTries)
            {
                await Task.Delay(FirstPause * (1 << (int)failures), time, cancellationToken);
                using HttpResponseMessage status = await registry.SendAsync(() => new(HttpMethod.Get, location), cancellationToken);
                long came = status.IsSuccessStatusCode ? EndOf(status) : throw await registry.FailureAsync(status, $"where layer {digest.Short} goes on", cancellationToken);
                tally.Add(came - offset);
                (offset, location) = (came, status.Headers.Location is null ? location : RegistryConnection.LocationOf(status));
            }
        }

        return location;
    }

    private async Task<HttpResponseMessage> PatchAsync(RegistryConnection registry, Digest digest, Uri location, long offset, long size, CancellationToken cancellationToken)
    {
        await using Stream content = await blobs.OpenAsync(digest, cancellationToken);
        return await registry.SendAsync(
            () =>
            {
                content.Position = offset;
                HttpRequestMessage request = new(HttpMethod.Patch, location) { Content = new StreamContent(new LentStream(content), CopyBytes) };
                request.Content.Headers.ContentType = new("application/octet-stream");
                request.Content.Headers.ContentLength = size - offset;
                request.Content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{size - 1}"));
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
