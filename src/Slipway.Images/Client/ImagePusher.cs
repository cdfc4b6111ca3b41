using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Compression;
using Slipway.Images.Referrers;
using Slipway.Images.Repositories;

namespace Slipway.Images.Client;

/// <summary>
/// Brings images of the store to registries: several layers at once, none that is there already, mounted where another repository there has it, compressed on the way where
/// the registry is to have them so.
/// </summary>
public sealed class ImagePusher(
    RepositoryStore repositories, ManifestCompressor manifests, LayerCompressor layers, ReferrerPlanner planner, IBlobStore blobs, TimeProvider time)
{
    private const int AtOnce = 4;

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
        // 1. What the name means here. 2. What becomes of its plain layers. 3. The blobs go. 4. What names them.
        TransferTally tally = new($"pushing {reference.Familiar}", progress);
        BlobPusher pusher = new(registry, blobs, tally, time);
        (ManifestRecord top, List<ManifestRecord> images) = await FindWholeAsync(registry.Repository, reference, cancellationToken);
        Dictionary<Digest, ImmutableArray<Digest>> plain = await PlainLayersAsync(images, cancellationToken);
        LayerCompression chosen = plain.Count == 0 ? LayerCompression.None
            : compression ?? (reference.Digest is null ? await DefaultForAsync(registry, pusher, images, cancellationToken) : LayerCompression.None);
        if (chosen == LayerCompression.None)
        {
            plain.Clear();
        }

        ImmutableArray<Digest> leftOut = images[0] == top ? [] : await manifests.LeftOutAsync(top, plain.Keys.ToHashSet(), cancellationToken);
        ILookup<bool, ManifestRecord> stays = images.DistinctBy(image => image.Manifest).ToLookup(image => leftOut.Contains(image.Manifest));
        CompressionTask compressing = new(plain.Values.SelectMany(image => image).ToHashSet(), chosen, new TransferTally($"compressing {reference.Familiar}", progress));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task sending = SendAllAsync(pusher, stays[false], compressing, stop.Token);
        Task remembering = RememberAsync(sending, compressing, cancellationToken);
        try
        {
            // What is said of the layers needs their digests only, and so goes beside the last of their bytes.
            await await Task.WhenAny(sending, compressing.Known);
            List<CompressedManifest> sent = await ManifestsAsync(top, stays[false], compressing, cancellationToken);
            IEnumerable<(ManifestRecord Here, ManifestRecord? There)> subjects =
                [.. sent.Select(image => (image.Plain, (ManifestRecord?)image.Manifest)), .. stays[true].Select(image => (image, (ManifestRecord?)null))];
            ReferrerPlan plan = referrers ? await planner.PlanAsync(subjects, cancellationToken) : ReferrerPlan.None;
            await Task.WhenAll(
                SendAllAsync(pusher, plan.Going.Select(document => document.Referrer), CompressionTask.None, stop.Token),
                NameAsync(registry, sending, [.. sent.Select(image => image.Manifest)], reference, cancellationToken));
            await ReferAsync(registry, plan, cancellationToken);
            return new(sent[^1].Manifest.Manifest, top.Manifest, sent[^1].IsChanged ? chosen : LayerCompression.None, tally.Done, [.. leftOut.Select(_ => MediaTypes.Statement), .. plan.Left]);
        }
        finally
        {
            await stop.CancelAsync();
            await remembering;
        }
    }

    /// <summary>Pushes a manifest that is stored under no name here, with its blobs.</summary>
    /// <param name="reference">The tag or digest that it gets there.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>.</exception>
    public async Task PushManifestAsync(RegistryConnection registry, ManifestRecord manifest, string reference, CancellationToken cancellationToken)
    {
        await SendAllAsync(new(registry, blobs, new TransferTally("", null), time), [manifest], CompressionTask.None, cancellationToken);
        await PutAsync(registry, manifest, reference, cancellationToken);
    }

    private ValueTask<ManifestRecord?> FindAsync(RepositoryName repository, string reference, CancellationToken cancellationToken) =>
        repositories.FindManifestAsync(repository, reference, cancellationToken);

    /// <summary>What a reference means here: an image's manifest; an index and all its images; or of an index of which one image is here, that one.</summary>
    /// <returns>What is named, and its images: itself where it is no index.</returns>
    private async Task<(ManifestRecord Top, List<ManifestRecord> Images)> FindWholeAsync(RepositoryName repository, ImageReference reference, CancellationToken cancellationToken)
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

        return manifest.Children.IsEmpty ? (manifest, [manifest])
            : children.Count == manifest.Children.Length ? (manifest, children)
            : children.Count == 1 ? (children[0], children)
            : throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"{reference.Familiar} names {manifest.Children.Length} images, of which {children.Count} are here",
                $"Pull the others: slipway pull --all-platforms {reference.Familiar}");
    }

    /// <summary>The plain layers of those images that have some.</summary>
    private async Task<Dictionary<Digest, ImmutableArray<Digest>>> PlainLayersAsync(IEnumerable<ManifestRecord> images, CancellationToken cancellationToken)
    {
        Dictionary<Digest, ImmutableArray<Digest>> plain = [];
        foreach (ManifestRecord image in images)
        {
            if (await manifests.PlainLayersAsync(image, cancellationToken) is { IsEmpty: false } some)
            {
                plain[image.Manifest] = some;
            }
        }

        return plain;
    }

    /// <summary>
    /// How plain layers go where nobody said it: as they are to a Slipway, so that the digest stays, and as gzip to others, whose clients all read it. Asks what the push
    /// asks anyway.
    /// </summary>
    private static async Task<LayerCompression> DefaultForAsync(RegistryConnection registry, BlobPusher pusher, List<ManifestRecord> images, CancellationToken cancellationToken)
    {
        await pusher.HasAsync(images.First(image => !image.Blobs.IsEmpty).Blobs[^1], cancellationToken);
        return registry.IsSlipway ? LayerCompression.None : LayerCompression.Gzip;
    }

    /// <summary>What images become with their compressed layers; behind them what names them, where that is an index.</summary>
    private async Task<List<CompressedManifest>> ManifestsAsync(ManifestRecord top, IEnumerable<ManifestRecord> images, CompressionTask compressing, CancellationToken cancellationToken)
    {
        List<CompressedManifest> made = [];
        foreach (ManifestRecord image in images)
        {
            made.Add(await manifests.WithAsync(image, compressing.As, compressing.Done, cancellationToken));
        }

        if (made[0].Plain != top)
        {
            made.Add(await manifests.OverAsync(top, made, cancellationToken));
        }

        return made;
    }

    /// <summary>Remembers what was compressed once all is sent, or has failed.</summary>
    private async Task RememberAsync(Task sending, CompressionTask compressing, CancellationToken cancellationToken)
    {
        await sending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await layers.RememberAsync(compressing.Made, compressing.As, cancellationToken);
    }

    /// <summary>Sends the blobs of manifests, plain layers as they are compressed.</summary>
    private async Task SendAllAsync(BlobPusher pusher, IEnumerable<ManifestRecord> of, CompressionTask compressing, CancellationToken cancellationToken)
    {
        Digest[] all = [.. of.SelectMany(manifest => manifest.Blobs).Distinct()];
        IReadOnlyDictionary<Digest, RepositoryName> elsewhere = await repositories.FindElsewhereAsync(pusher.Repository, all, cancellationToken);
        await Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (blob, stop) =>
            {
                // A repository there that got the plain layer's image may have the compressed one: no row says so, and it costs nothing to ask.
                Digest sent = compressing.Plain.Contains(blob) ? await CompressAsync(pusher, blob, compressing, stop) : blob;
                await pusher.SendAsync(sent, elsewhere.GetValueOrDefault(blob), stop);
            });
    }

    /// <summary>A plain layer compressed: before, or now and sent already.</summary>
    private async Task<Digest> CompressAsync(BlobPusher pusher, Digest plain, CompressionTask compressing, CancellationToken cancellationToken)
    {
        if (await layers.FindAsync(plain, compressing.As, cancellationToken) is { } known)
        {
            return compressing.Add(known, isNew: false).Compressed;
        }

        BlobInfo layer = await blobs.FindAsync(plain, cancellationToken) ?? throw new SlipwayException(ErrorKind.NotFound, $"blob {plain} is not in the store");
        compressing.Tally.Expect(layer.Size);
        CompressedLayer made = await pusher.SendWhileCompressedAsync(
            async (along, stop) => compressing.Add(await layers.CompressAsync(plain, compressing.As, along, compressing.Tally.Add, stop), isNew: true), cancellationToken);
        return made.Compressed;
    }

    /// <summary>Gives the last of these manifests the name that it is to have there, once their blobs and the others are there.</summary>
    private async Task NameAsync(RegistryConnection registry, Task sending, ImmutableArray<ManifestRecord> sent, ImageReference reference, CancellationToken cancellationToken)
    {
        await sending;
        foreach (ManifestRecord image in sent[..^1])
        {
            await PutAsync(registry, image, image.Manifest.ToString(), cancellationToken);
        }

        await PutAsync(registry, sent[^1], reference.Digest is null ? reference.Tag! : sent[^1].Manifest.ToString(), cancellationToken);
    }

    private async Task ReferAsync(RegistryConnection registry, ReferrerPlan plan, CancellationToken cancellationToken)
    {
        foreach ((ManifestRecord referrer, Digest subject) in plan.Going)
        {
            if (!await PutAsync(registry, referrer, referrer.Manifest.ToString(), cancellationToken))
            {
                await ReferrersTag.AddAsync(registry, subject, referrer, cancellationToken);
            }
        }
    }

    /// <returns>Of a manifest that is about another: whether the registry lists it as such itself.</returns>
    private async Task<bool> PutAsync(RegistryConnection registry, ManifestRecord manifest, string reference, CancellationToken cancellationToken)
    {
        byte[] json = (await blobs.ReadAllAsync(manifest.Manifest, cancellationToken)).ToArray();
        using HttpResponseMessage answer = await registry.SendAsync(
            () =>
            {
                ByteArrayContent content = new(json);
                content.Headers.ContentType = new MediaTypeHeaderValue(manifest.MediaType);
                return new HttpRequestMessage(HttpMethod.Put, registry.At($"manifests/{reference}")) { Content = content };
            },
            cancellationToken);
        return answer.IsSuccessStatusCode
            ? answer.Headers.Contains("OCI-Subject")
            : throw await registry.FailureAsync(answer, $"the manifest of {registry.Repository} {reference}", cancellationToken);
    }

    /// <summary>What is to be compressed in one push, and what was.</summary>
    private sealed class CompressionTask
    {
        private readonly ConcurrentDictionary<Digest, CompressedLayer> _done = [];
        private readonly ConcurrentBag<CompressedLayer> _made = [];
        private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CompressionTask(IReadOnlySet<Digest> plain, LayerCompression compression, TransferTally tally)
        {
            (Plain, As, Tally) = (plain, compression, tally);
            EndWhereDone();
        }

        public static CompressionTask None { get; } = new(new HashSet<Digest>(), LayerCompression.None, new("", null));

        public IReadOnlySet<Digest> Plain { get; }

        public LayerCompression As { get; }

        public TransferTally Tally { get; }

        /// <summary>By the plain layer, what became of it.</summary>
        public IReadOnlyDictionary<Digest, CompressedLayer> Done => _done;

        /// <summary>Those that were compressed now.</summary>
        public IReadOnlyCollection<CompressedLayer> Made => _made;

        /// <summary>Ends when all are done, and never where one failed.</summary>
        public Task Known => _known.Task;

        public CompressedLayer Add(CompressedLayer layer, bool isNew)
        {
            if (isNew)
            {
                _made.Add(layer);
            }

            _done[layer.Plain] = layer;
            EndWhereDone();
            return layer;
        }

        private void EndWhereDone()
        {
            if (_done.Count == Plain.Count)
            {
                _known.TrySetResult();
            }
        }
    }
}
