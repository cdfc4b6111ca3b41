using Slipway.Build;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Referrers;
using Slipway.Images.Repositories;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Lineages;

namespace Slipway.Daemon.Executors;

/// <summary>Pipelines' images, found in our own store.</summary>
public sealed class StoredImages(ImageStore images, ReferrerStore referrers) : IImageResolver
{
    /// <summary>OCI's own name for the source's revision (image-spec, annotations.md).</summary>
    private const string RevisionAnnotation = "org.opencontainers.image.revision";

    /// <inheritdoc/>
    public async ValueTask<PipelineImage> ResolveAsync(string image, CancellationToken cancellationToken) =>
        IdentityOf(await images.GetAsync(image, cancellationToken));

    /// <summary>An image as pipelines name it.</summary>
    public static PipelineImage IdentityOf(Image image) => new(image.Digest, RunIdentity.Of(image.Config));

    /// <summary>What an image says of its own making, for lineage; null where it is not stored any more.</summary>
    public async ValueTask<ImageFacts?> FindFactsAsync(Digest digest, CancellationToken cancellationToken)
    {
        Image? image = await images.FindAsync(digest.ToString(), cancellationToken);
        return image is null ? null : new ImageFacts(
            image.Annotations.GetValueOrDefault(ImageBuilder.DockerfileDigestAnnotation),
            image.Annotations.GetValueOrDefault(ImageBuilder.ContextDigestAnnotation),
            image.Annotations.GetValueOrDefault(RevisionAnnotation) ?? await FindRevisionAsync(digest, cancellationToken));
    }

    // Several commits can have built the same image: the first of them is the answer that stays; one with changed files only where there is no other.
    private async ValueTask<string?> FindRevisionAsync(Digest image, CancellationToken cancellationToken)
    {
        IEnumerable<ManifestRecord> told = (await referrers.ListAsync(image, cancellationToken)).Reverse().Where(referrer => referrer.Annotations.ContainsKey(RevisionAnnotation));
        return told.OrderBy(referrer => DirtinessOf(referrer).Length).FirstOrDefault() is { } first ? first.Annotations[RevisionAnnotation] + DirtinessOf(first) : null;
    }

    /// <summary>What is said behind a commit: nothing where no file was changed since.</summary>
    private static string DirtinessOf(ManifestRecord referrer) => referrer.Annotations.GetValueOrDefault(ImageBuilder.DirtySourceAnnotation) switch
    {
        "true" => "-dirty",
        "unknown" => "-unknown",
        _ => "",
    };
}
