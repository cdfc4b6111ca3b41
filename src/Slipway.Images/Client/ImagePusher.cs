using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Compression;
using Slipway.Images.Referrers;
using Slipway.Images.Repositories;

namespace Slipway.Images.Client;

/// <summary>Brings images of the store to registries: several layers at once, none that is there already, mounted where another repository there has it.</summary>
public sealed class ImagePusher(RepositoryStore repositories, ManifestCompressor compressor, ReferrerPlanner planner, IBlobStore blobs, TimeProvider time)
{
    private const int AtOnce = 4;
    private const int MostTries = 6;
    private const int CopyBytes = 1 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Pushes what a reference means here under that name there: an index with all its images, or of one that was pulled for a platform that image.</summary>
    /// <param name="referrers">
    /// Whether what is about these images goes along: provenance, bills of materials, signatures. Of an image whose manifest is another there, what can be made anew.
    /// </param>
    /// <param name="compression">
    /// What plain layers are sent as. Null: gzip, but as they are to a Slipway, and for a reference by digest, which names those very bytes.
    /// </param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: it is not here; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.
    /// </exception>
    public async Task<PushedImage> PushAsync(
        RegistryConnection registry, ImageReference reference, bool referrers, LayerCompression? compression, IProgress<TransferStep>? progress, CancellationToken cancellationToken)
    {
        // 1. What the name means here. 2. What is sent of it. 3. What goes along. 4. The images, then what names them, then what is about them.
        TransferTally tally = new($"pushing {reference.Familiar}", progress);
        (ManifestRecord top, List<ManifestRecord> children) = await FindWholeAsync(registry.Repository, reference, cancellationToken);
        List<ManifestRecord> all = children.Count > 0 ? children : [top];
        LayerCompression chosen = compression ?? (reference.Digest is null ? await DefaultForAsync(registry, all, cancellationToken) : LayerCompression.None);
        Action<long> compressing = new TransferTally($"compressing {reference.Familiar}", progress).AddWithout;
        List<CompressedManifest> images = [];
        Task remembering = Task.CompletedTask;
        try
        {
            foreach (ManifestRecord image in all)
            {
                // The next image may have the same layers.
                await remembering;
                images.Add(await compressor.CompressAsync(image, chosen, compressing, cancellationToken));
                remembering = compressor.RememberAsync(images[^1], chosen, cancellationToken);
            }

            return await PushAsync(registry, reference, top, images, referrers, chosen, tally, cancellationToken);
        }
        finally
        {
            await remembering;
        }
    }

    private async Task<PushedImage> PushAsync(
        RegistryConnection registry,
        ImageReference reference,
        ManifestRecord top,
        List<CompressedManifest> images,
        bool referrers,
        LayerCompression chosen,
        TransferTally tally,
        CancellationToken cancellationToken)
    {
        bool isIndex = images[0].Plain != top;
        (CompressedManifest sent, ImmutableArray<Digest> leftOut) = isIndex ? await compressor.OverAsync(top, images, cancellationToken) : (images[0], []);
        IEnumerable<(ManifestRecord Here, ManifestRecord? There)> subjects =
            images.Append(sent).DistinctBy(image => image.Plain.Manifest).Select(image => (image.Plain, leftOut.Contains(image.Plain.Manifest) ? null : image.Manifest));
        ReferrerPlan plan = referrers ? await planner.PlanAsync(subjects, cancellationToken) : ReferrerPlan.None;

        foreach (CompressedManifest image in images.Where(image => isIndex && !leftOut.Contains(image.Plain.Manifest)))
        {
            await PushAsync(registry, image, image.Manifest.Manifest.ToString(), tally, cancellationToken);
        }

        await PushAsync(registry, sent, reference.Digest is null ? reference.Tag! : sent.Manifest.Manifest.ToString(), tally, cancellationToken);
        foreach ((ManifestRecord referrer, Digest subject) in plan.Going)
        {
            bool isListed = await PushAsync(registry, CompressedManifest.Unchanged(referrer), referrer.Manifest.ToString(), tally, cancellationToken);
            if (!isListed)
            {
                await ReferrersTag.AddAsync(registry, subject, referrer, cancellationToken);
            }
        }

        return new(sent.Manifest.Manifest, top.Manifest, sent.IsChanged ? chosen : LayerCompression.None, tally.Done, [.. leftOut.Select(_ => MediaTypes.Statement), .. plan.Left]);
    }

    /// <summary>Pushes a manifest that is stored under no name here, with its blobs.</summary>
    /// <param name="reference">The tag or digest that it gets there.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.</exception>
    public Task PushManifestAsync(RegistryConnection registry, ManifestRecord manifest, string reference, CancellationToken cancellationToken) =>
        PushAsync(registry, CompressedManifest.Unchanged(manifest), reference, new TransferTally("", null), cancellationToken);

    private ValueTask<ManifestRecord?> FindAsync(RepositoryName repository, string reference, CancellationToken cancellationToken) =>
        repositories.FindManifestAsync(repository, reference, cancellationToken);

    /// <summary>What a reference means here: an image's manifest; an index and all its images; or of an index of which one image is here, that one.</summary>
    private async Task<(ManifestRecord Top, List<ManifestRecord> Children)> FindWholeAsync(RepositoryName repository, ImageReference reference, CancellationToken cancellationToken)
    {
        string wanted = reference.Digest is { } pinned ? pinned.ToString() : reference.Tag!;
        ManifestRecord manifest = await FindAsync(repository, wanted, cancellationToken) ?? throw new SlipwayException(
            ErrorKind.NotFound, $"there is no image '{reference.Familiar}'", $"Give an image that name first: slipway tag IMAGE {reference.Familiar}");
        List<ManifestRecord> children = [];
        foreach (Digest child in manifest.Children)
        {
            if (await FindAsync(repository, child.ToString(), cancellationToken) is { } found)
            {
                children.Add(found);
            }
        }

        return children.Count == manifest.Children.Length ? (manifest, children)
            : children.Count == 1 ? (children[0], [])
            : throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"{reference.Familiar} names {manifest.Children.Length} images, of which {children.Count} are here",
                $"Pull the others: slipway pull --all-platforms {reference.Familiar}");
    }

    /// <summary>
    /// How plain layers go where nobody said it: as they are to a Slipway, so that the digest stays, and as gzip to others, whose clients all read it. Asks only where
    /// there is a plain layer, and what the push asks anyway.
    /// </summary>
    private async Task<LayerCompression> DefaultForAsync(RegistryConnection registry, List<ManifestRecord> images, CancellationToken cancellationToken)
    {
        foreach (ManifestRecord image in images)
        {
            if (await compressor.HasPlainLayerAsync(image, cancellationToken))
            {
                using HttpResponseMessage answer = await registry.SendAsync(() => new(HttpMethod.Head, registry.At($"blobs/{image.Blobs[^1]}")), cancellationToken);
                return answer.Headers.Contains(RegistryConnection.SlipwayHeader) ? LayerCompression.None : LayerCompression.Gzip;
            }
        }

        return LayerCompression.None;
    }

    /// <returns>Of a manifest that is about another: whether the registry lists it as such itself.</returns>
    private async Task<bool> PushAsync(RegistryConnection registry, CompressedManifest sent, string reference, TransferTally tally, CancellationToken cancellationToken)
    {
        // A repository there that got the plain layer's image may have the compressed one: no row says so, and it costs nothing to ask.
        ManifestRecord manifest = sent.Manifest;
        Digest KnownAs(Digest blob) => sent.PlainLayers.GetValueOrDefault(blob, blob);
        IReadOnlyDictionary<Digest, RepositoryName> elsewhere = await repositories.FindElsewhereAsync(registry.Repository, [.. manifest.Blobs.Select(KnownAs)], cancellationToken);
        await Parallel.ForEachAsync(
            manifest.Blobs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (blob, stop) => await SendAsync(registry, blob, elsewhere.GetValueOrDefault(KnownAs(blob)), tally, stop));
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
