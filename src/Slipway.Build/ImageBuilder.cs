using System.Collections.Immutable;
using System.Globalization;
using Slipway.Build.Cache;
using Slipway.Build.Cache.Shared;
using Slipway.Build.Contexts;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Inventory;
using Slipway.Build.Inventory.Spdx;
using Slipway.Build.Linting;
using Slipway.Build.Planning;
using Slipway.Build.Provenance;
using Slipway.Build.Running;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Referrers;

namespace Slipway.Build;

/// <summary>
/// Builds images from Dockerfiles: parse, find the images they stand on, plan (pure), run what the cache does not answer. The same Dockerfile,
/// context content, base images and arguments give the same image digest wherever and whenever the steps' commands do.
/// </summary>
/// <param name="workDirectory">For temporary files, on the file system of the snapshots.</param>
/// <param name="cacheDirectory">For what RUN --mount=type=cache keeps between builds.</param>
public sealed class ImageBuilder(
    ImageStore images, SnapshotStore snapshots, ContainerEngine engine, IBlobStore blobs, IMetadataStore metadata, string workDirectory, string cacheDirectory,
    TimeProvider time)
{
    private readonly ReferrerStore _referrers = new(metadata, blobs, time);
    private readonly ImageInventory _inventory = new(snapshots, workDirectory);

    /// <summary>What RUN --mount=type=cache keeps between builds.</summary>
    public CacheFolders CacheMounts { get; } = new(cacheDirectory, time);

    /// <summary>Of the Dockerfile's bytes.</summary>
    public const string DockerfileDigestAnnotation = "dev.slipway.dockerfile.digest";

    /// <summary>Of what the build read from its context.</summary>
    public const string ContextDigestAnnotation = "dev.slipway.context.digest";

    /// <summary>Which builder made the image.</summary>
    public const string BuilderAnnotation = "dev.slipway.builder";

    /// <summary>On the referrer with the statement: whether the context was changed since its commit.</summary>
    public const string DirtySourceAnnotation = "dev.slipway.source.dirty";

    /// <summary>Of this builder.</summary>
    public static string Version { get; } = typeof(ImageBuilder).Assembly.GetName().Version?.ToString(3) ?? "0";

    private const string BaseNameAnnotation = "org.opencontainers.image.base.name";
    private const string BaseDigestAnnotation = "org.opencontainers.image.base.digest";

    /// <summary>Builds an image, names it, and says what happens as it happens.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: faults of the Dockerfile, all at once, or a source that is not there; <see cref="ErrorKind.NotFound"/>: a base
    /// image; <see cref="ErrorKind.FailedPrecondition"/>: a RUN failed. The message shows the Dockerfile's lines.
    /// </exception>
    public async ValueTask<BuildResult> BuildAsync(BuildRequest request, IProgress<BuildEvent> progress, CancellationToken cancellationToken)
    {
        Dockerfile dockerfile = Dockerfile.Parse(request.DockerfileText, request.DockerfileName);
        PlanRequest planning = new(request.BuildArgs, request.Target, request.Labels, ImageConfig.HostArchitecture, Rfc3339(request.SourceDateEpoch ?? ReproducibleTime.Default)) { Contexts = request.Contexts };
        Dictionary<string, Image> found = await FindImagesAsync(dockerfile, planning, request, progress, cancellationToken);
        BuildPlan plan = Planner.Plan(dockerfile, planning, found);

        if (CheckDirective.Of(dockerfile.Lines).IsError && await CheckAsync(request, cancellationToken) is { IsEmpty: false } findings)
        {
            string text = string.Join('\n', findings.Select(finding => string.Create(CultureInfo.InvariantCulture, $"{dockerfile.Name}:{finding.Line}: {finding.Rule}: {finding.Message}")));
            throw new SlipwayException(ErrorKind.InvalidArgument, text, "The Dockerfile makes findings errors (# check=error=true). Mend them, or leave rules out: # check=skip=RULE;error=true");
        }

        BuildProgress numbered = new(progress, plan, time);
        foreach (string warning in plan.Warnings)
        {
            numbered.Warn(warning);
        }

        StepAnswers answers = new(new(metadata, blobs, time), blobs, numbered.Warn);
        foreach (ISharedCache shared in request.CacheFrom)
        {
            numbered.Note($"reading the cache {shared.Name}");
        }

        await answers.ImportAsync(request.CacheFrom, cancellationToken);
        (LayerStack files, Digest context, ImmutableArray<ResolvedDependency> downloads) = await RememberingAsync(
            request.InPlace, () => RunAsync(plan, request, dockerfile, answers, numbered, cancellationToken), cancellationToken);
        BuildSource? source = await request.Source;
        if (CreatedOf(request, source, numbered) is { } created)
        {
            plan = Planner.Plan(dockerfile, planning with { Created = Rfc3339(created) }, found); // The same steps: only what its configs say is another.
        }

        Image image = await images.AddAsync(plan.Target.Config, files.Layers, Annotate(request, plan, context), cancellationToken);
        foreach (ImageReference tag in request.Tags)
        {
            await images.TagAsync(image, tag, cancellationToken);
        }

        if (request.Provenance != ProvenanceDetail.None)
        {
            Artifact statement = ProvenanceStatement.Of(request, source, plan, image, context, downloads);
            await _referrers.AttachAsync(image, statement, request.Tags, cancellationToken);
        }

        if (request.Sbom)
        {
            await _referrers.AttachAsync(image, await BillOfAsync(image, cancellationToken), request.Tags, cancellationToken);
        }

        foreach (CacheExport export in request.CacheTo)
        {
            numbered.Note($"writing the cache {export.Cache.Name}");
            await answers.ExportAsync(export, files.Layers, cancellationToken);
        }

        BlobInfo? manifest = await blobs.FindAsync(image.Digest, cancellationToken);
        return new(image, numbered.Ran, numbered.Cached) { ManifestSize = manifest?.Size ?? 0 };
    }

    /// <summary>Looks for what BuildKit's build checks warn of, without building anything.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: faults of the Dockerfile, all at once.</exception>
    public async ValueTask<ImmutableArray<Finding>> CheckAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        Dockerfile dockerfile = Dockerfile.Parse(request.DockerfileText, request.DockerfileName);
        Dictionary<string, ImageConfig> configs = new(StringComparer.Ordinal);
        PlanRequest planning = new(request.BuildArgs, request.Target, request.Labels, ImageConfig.HostArchitecture, Rfc3339(ReproducibleTime.Default)) { Contexts = request.Contexts };
        foreach (string name in Planner.FindMissingImages(dockerfile, planning, new Dictionary<string, Image>()).Keys)
        {
            if (await images.FindAsync(name, cancellationToken) is { } image)
            {
                configs[name] = image.Config;
            }
        }

        return DockerfileLinter.Check(dockerfile, configs.GetValueOrDefault, request.IgnoredPaths);
    }

    // What was read is remembered of a build that fails, too.
    private async ValueTask<T> RememberingAsync<T>(FilesInPlace? files, Func<ValueTask<T>> build, CancellationToken cancellationToken)
    {
        if (files is null)
        {
            return await build();
        }

        RememberedDigests digests = new(metadata, time);
        await digests.RecallAsync(files, cancellationToken);
        try
        {
            T built = await build();
            files.ThrowIfChanged();
            return built;
        }
        finally
        {
            await digests.RememberAsync(files, CancellationToken.None);
        }
    }

    // A shared cache may fail to give a layer that it answered with. Then all is asked once more, without that answer: each round loses at least one.
    private async ValueTask<(LayerStack Files, Digest Context, ImmutableArray<ResolvedDependency> Downloads)> RunAsync(
        BuildPlan plan, BuildRequest request, Dockerfile dockerfile, StepAnswers answers, BuildProgress progress, CancellationToken cancellationToken)
    {
        FailedFiles failed = new();
        while (true)
        {
            using BuildScratch scratch = new(workDirectory);
            using RemoteFiles remote = new();
            await using Origins origins = new(request, snapshots, scratch);
            StageRunner runner = new(snapshots, engine, answers, scratch, origins, remote, CacheMounts, request, dockerfile, failed, progress);
            try
            {
                LayerStack files = await new PlanRunner(runner.RunAsync).RunAsync(plan, cancellationToken);
                await answers.EnsureAsync(files.Layers, cancellationToken);
                return (files, runner.ContextDigest, remote.Downloads.All);
            }
            catch (SlipwayException) when (request.KeepsFailure && failed.First is not null)
            {
                await KeepAsync(failed.First, answers, progress, cancellationToken);
                throw;
            }
            catch (LayerNotFetchedException)
            {
                progress.Note("a layer of a shared cache is not to be had: its step runs here");
            }
        }
    }

    private async ValueTask KeepAsync(FailedFiles.Failure failure, StepAnswers answers, BuildProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            await answers.EnsureAsync(failure.Files.Layers, cancellationToken);
        }
        catch (LayerNotFetchedException)
        {
            return; // Files that cannot be had cannot be looked at; the build's own fault is told.
        }

        Image left = await images.AddAsync(failure.Config, failure.Files.Layers, ImmutableDictionary<string, string>.Empty, cancellationToken);
        progress.Keep(failure.Instruction, left.Digest);
    }

    // A bill is a function of the image and of this builder, so one that is there already is that one.
    private async ValueTask<Artifact> BillOfAsync(Image image, CancellationToken cancellationToken) =>
        await _referrers.FindAsync(image.Digest, SpdxDocument.MediaType, cancellationToken) is { } known && known.Annotations.GetValueOrDefault(BuilderAnnotation) == "slipway/" + Version
            ? known
            : await _inventory.ReadAsync(image, cancellationToken);

    // Null: the time that was planned with. The newest commit's is known last of all, so that git is asked beside the steps.
    private static DateTimeOffset? CreatedOf(BuildRequest request, BuildSource? source, BuildProgress progress)
    {
        if (request.SourceDateEpoch is not null || source is null)
        {
            return null;
        }

        if (source.IsHistoryCut)
        {
            progress.Note(
                "the image's time is 2000-01-01, for this clone of the repository ends before the newest commit of the context: fetch all of it (git fetch --unshallow), or set SOURCE_DATE_EPOCH");
        }

        return source.CommitTime;
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // A base image can bring triggers that name further images, so the plan is asked until nothing is missing.
    private async ValueTask<Dictionary<string, Image>> FindImagesAsync(
        Dockerfile dockerfile, PlanRequest planning, BuildRequest request, IProgress<BuildEvent> progress, CancellationToken cancellationToken)
    {
        BaseImages baseImages = new(images);
        Dictionary<string, Image> found = new(StringComparer.Ordinal);
        while (true)
        {
            IReadOnlyDictionary<string, SourceSpan> missing = Planner.FindMissingImages(dockerfile, planning, found);
            if (missing.Count == 0)
            {
                return found;
            }

            foreach ((string name, SourceSpan span) in missing)
            {
                try
                {
                    found[name] = await baseImages.GetAsync(name, request, progress, cancellationToken);
                }
                catch (SlipwayException fault) when (fault.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument or ErrorKind.PermissionDenied or ErrorKind.Unavailable)
                {
                    string where = string.Create(CultureInfo.InvariantCulture, $"{dockerfile.Name}:{span.StartLine}: {fault.Message}\n{SourceExcerpt.Of(dockerfile.Lines, span)}");
                    throw new SlipwayException(fault.Kind, where, fault.Hint, fault);
                }
            }
        }
    }

    // Annotations are part of the manifest and not of the config, so that a commit which changes no file leaves the config's digest alone.
    private static ImmutableDictionary<string, string> Annotate(BuildRequest request, BuildPlan plan, Digest context)
    {
        ImmutableDictionary<string, string>.Builder annotations = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        annotations.AddRange(request.SourceAnnotations);
        annotations[DockerfileDigestAnnotation] = Digest.Of(request.DockerfileText).ToString();
        annotations[ContextDigestAnnotation] = context.ToString();
        annotations[BuilderAnnotation] = "slipway/" + Version;
        if (plan.Target.Base is StageBase.OfImage(var image, var name))
        {
            annotations[BaseNameAnnotation] = name;
            annotations[BaseDigestAnnotation] = image.Digest.ToString();
        }

        return annotations.ToImmutable();
    }
}
