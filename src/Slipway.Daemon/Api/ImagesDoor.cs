using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Hosting;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Referrers;
using Slipway.Pipelines.Definitions;

namespace Slipway.Daemon.Api;

/// <summary>Images: list, inspect, tag, import, remove.</summary>
internal sealed class ImagesDoor(ImageStore images, ReferrerStore referrers, ContainerEngine engine, PipelineStore pipelines, LayerUse layers, UnpackedLayers unpacked, CollectionSchedule collections)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Images, ListAsync);
        app.MapDelete(Routes.Images, RemoveAsync);
        app.MapGet(Routes.ImageInspect, InspectAsync);
        app.MapGet(Routes.ImageFind, FindAsync);
        app.MapPost(Routes.ImagePrune, PruneAsync);
        app.MapPost(Routes.ImageTag, TagAsync);
        app.MapPost(Routes.ImageImport, ImportAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        ImmutableArray<TaggedImage> list = await images.ListAsync(http.RequestAborted);
        await Answer.JsonAsync(http, [.. list.Select(Summary)], ApiJson.Default.IReadOnlyListImageSummary);
    }

    private async Task FindAsync(HttpContext http) =>
        await Answer.JsonAsync(http, new ImageFound((await images.ResolveAsync(Ask.Query(http, "image"), http.RequestAborted)).ToString()), ApiJson.Default.ImageFound);

    private async Task InspectAsync(HttpContext http)
    {
        Image image = await images.GetAsync(Ask.Query(http, "image"), http.RequestAborted);
        ImmutableArray<TaggedImage> list = await images.ListAsync(http.RequestAborted);
        IReadOnlyList<string> names = [.. list.Where(tagged => tagged.Image.Digest == image.Digest && tagged.Reference is not null).Select(tagged => tagged.Reference!.Familiar)];
        await Answer.JsonAsync(http, ImageWire.Details(image, names, await referrers.ListAsync(image.Digest, http.RequestAborted)), ApiJson.Default.ImageDetails);
    }

    private async Task TagAsync(HttpContext http)
    {
        TagImageRequest request = await Ask.BodyAsync(http, ApiJson.Default.TagImageRequest);
        ImageReference reference = ImageReference.Parse(request.Tag);
        await images.TagAsync(request.Image, reference, http.RequestAborted);
        if (await images.FindRunnableAsync(reference.Familiar, http.RequestAborted) is { } image)
        {
            await AnswerSummaryAsync(http, image, reference);
            return;
        }

        // An artifact, or an image of another platform: it has a name, and nothing to list.
        Digest manifest = await images.ResolveAsync(reference.Familiar, http.RequestAborted);
        await Answer.JsonAsync(http, new ImageSummary(manifest.ToString(), reference.Familiar, DateTimeOffset.UnixEpoch, 0), ApiJson.Default.ImageSummary);
    }

    private async Task ImportAsync(HttpContext http)
    {
        ImportImageOptions options = Ask.Options(http, ApiJson.Default.ImportImageOptions);
        ImageReference reference = ImageReference.Parse(options.Tag);
        Image image = await images.ImportAsync(http.Request.Body, reference, ImageWire.Config(options), http.RequestAborted);
        await AnswerSummaryAsync(http, image, reference);
    }

    /// <summary>Refuses while a container or a pipeline uses the image (unless forced, and the container has ended), then frees the snapshots of it; its blobs go with the next collection, for data may use the same bytes.</summary>
    private async Task RemoveAsync(HttpContext http)
    {
        string name = Ask.Query(http, "image");
        bool force = Ask.Flag(http, "force");
        if (await images.FindRunnableAsync(name, http.RequestAborted) is { } image)
        {
            await RequireUnusedAsync(image, name, force, http.RequestAborted);
        }

        Images.RemovedImage removed = await images.RemoveAsync(name, force, http.RequestAborted);
        if (!removed.UnusedBlobs.IsEmpty)
        {
            await unpacked.FreeAsync(http.RequestAborted);
            collections.Ask();
        }

        await Answer.JsonAsync(
            http,
            new Slipway.Api.RemovedImage([.. removed.Untagged.Select(reference => reference.Familiar)], [.. removed.Deleted.Select(digest => digest.ToString())]),
            ApiJson.Default.RemovedImage);
    }

    private async Task RequireUnusedAsync(Image image, string name, bool force, CancellationToken cancellationToken)
    {
        ContainerInfo? user = engine.List(all: true).FirstOrDefault(container => container.Spec.Image.Digest == image.Digest);
        if (user is not null && (!force || user.Status == Engine.ContainerStatus.Running) && await IsLastNameAsync(image, cancellationToken))
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"image {name} is used by container {user.Name} ({user.Id.Short})",
                $"Remove the container first: slipway rm {(user.Status == Engine.ContainerStatus.Running ? "-f " : "")}{user.Name}");
        }

        Pipeline? reader = (await pipelines.ListAsync(cancellationToken)).FirstOrDefault(pipeline => pipeline.Image.Manifest == image.Digest);
        if (reader is not null && !force && await IsLastNameAsync(image, cancellationToken))
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"image {name} is what pipeline {reader.Name} runs",
                $"Remove the pipeline first: slipway pipeline rm {reader.Name}; or force it: slipway rmi -f {name} (where no other image runs the same, its next datum that must run then fails)");
        }
    }

    /// <summary>Removes what has no name, or with <c>all</c> what has one too, and neither a container nor a pipeline uses.</summary>
    private async Task PruneAsync(HttpContext http)
    {
        bool all = Ask.Flag(http, "all");
        HashSet<Digest> used = [.. engine.List(all: true).Select(container => container.Spec.Image.Digest)];
        used.UnionWith((await pipelines.ListAsync(http.RequestAborted)).Select(pipeline => pipeline.Image.Manifest));
        List<string> untagged = [], deleted = [];
        long reclaimed = 0;

        // While no build is between making an image and naming it.
        await layers.SweepAsync(
            async () =>
            {
                ImmutableArray<TaggedImage> before = await images.ListAsync(http.RequestAborted);
                foreach (TaggedImage tagged in before.Where(tagged => !used.Contains(tagged.Image.Digest) && (all || tagged.Reference is null)))
                {
                    Images.RemovedImage removed = await images.RemoveAsync(tagged.Reference?.Familiar ?? tagged.Image.Digest.ToString(), force: false, http.RequestAborted);
                    untagged.AddRange(removed.Untagged.Select(reference => reference.Familiar));
                    deleted.AddRange(removed.Deleted.Select(digest => digest.ToString()));
                }

                reclaimed = SizeOf(before, await images.ListAsync(http.RequestAborted));
                await unpacked.SweepAsync(http.RequestAborted);
            },
            http.RequestAborted);
        if (deleted.Count > 0)
        {
            collections.Ask();
        }

        await Answer.JsonAsync(http, new PrunedImages(untagged, deleted, reclaimed), ApiJson.Default.PrunedImages);
    }

    /// <summary>Bytes of the layers that were there before and are not after.</summary>
    private static long SizeOf(ImmutableArray<TaggedImage> before, ImmutableArray<TaggedImage> after)
    {
        HashSet<Digest> kept = [.. after.SelectMany(tagged => tagged.Image.Layers).Select(layer => layer.Descriptor.Digest)];
        return before.SelectMany(tagged => tagged.Image.Layers).Select(layer => layer.Descriptor).Where(layer => !kept.Contains(layer.Digest))
            .DistinctBy(layer => layer.Digest).Sum(layer => layer.Size);
    }

    private async Task<bool> IsLastNameAsync(Image image, CancellationToken cancellationToken)
    {
        ImmutableArray<TaggedImage> list = await images.ListAsync(cancellationToken);
        return list.Count(tagged => tagged.Image.Digest == image.Digest && tagged.Reference is not null) <= 1;
    }

    private static ImageSummary Summary(TaggedImage tagged) =>
        new(tagged.Image.Digest.ToString(), tagged.Reference?.Familiar, tagged.Created, tagged.Image.Size);

    private async Task AnswerSummaryAsync(HttpContext http, Image image, ImageReference reference)
    {
        ImmutableArray<TaggedImage> list = await images.ListAsync(http.RequestAborted);
        TaggedImage tagged = list.First(candidate => candidate.Image.Digest == image.Digest && candidate.Reference?.Familiar == reference.Familiar);
        await Answer.JsonAsync(http, Summary(tagged), ApiJson.Default.ImageSummary);
    }
}
