using System.Collections.Immutable;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Provenance;

/// <summary>What a build read, as SLSA's <c>resolvedDependencies</c>: what a RUN brings by itself is not known here.</summary>
internal static class BuildDependencies
{
    /// <summary>The Dockerfile, the context, its source, the images, and what ADD brought from elsewhere; each once.</summary>
    public static ImmutableArray<ResolvedDependency> Of(BuildRequest request, BuildSource? source, BuildPlan plan, Digest context, ImmutableArray<ResolvedDependency> downloads) =>
    [
        new("Dockerfile", null, "sha256", Digest.Of(request.DockerfileText).Hex),
        new("context", source is { Commit: null, Uri: { } address } ? SourceUri.WithoutSecrets(address) : null, ResolvedDependency.ContextDigest, context.Hex),
        .. SourceOf(source),
        .. plan.Stages.SelectMany(ImagesOf)
            .Select(item => new ResolvedDependency(null, SourceUri.OfImage(item.Name, item.Image.Config.Architecture), "sha256", item.Image.Digest.Hex))
            .DistinctBy(item => (item.Uri, item.Value))
            .OrderBy(item => item.Uri, StringComparer.Ordinal),
        .. downloads,
    ];

    private static IEnumerable<ResolvedDependency> SourceOf(BuildSource? source)
    {
        if (source?.Commit is not { } commit)
        {
            yield break;
        }

        ResolvedDependency item = new("source", source.Uri is { } uri ? SourceUri.OfGit(uri, source.Reference) : null, ResolvedDependency.GitCommit, commit);
        yield return source.IsDirty == false ? item : item with { Annotations = item.Annotations.Add(ImageBuilder.DirtySourceAnnotation, source.DirtyText) };
    }

    private static IEnumerable<(Image Image, string Name)> ImagesOf(PlannedStage stage)
    {
        if (stage.Base is StageBase.OfImage(var image, var name))
        {
            yield return (image, name);
        }

        foreach (PlannedStep step in stage.Steps)
        {
            IEnumerable<CopyOrigin?> origins = step switch
            {
                CopyStep copy => [copy.From],
                RunStep run => run.Mounts.Select(mount => mount.Origin),
                _ => [],
            };
            foreach (CopyOrigin.FromImage from in origins.OfType<CopyOrigin.FromImage>())
            {
                yield return (from.Image, from.Name);
            }
        }
    }
}
