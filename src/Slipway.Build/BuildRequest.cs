using System.Collections.Immutable;
using Slipway.Build.Cache.Shared;
using Slipway.Build.Contexts;
using Slipway.Build.Planning;
using Slipway.Build.Provenance;
using Slipway.Images;

namespace Slipway.Build;

/// <summary>What is to be built.</summary>
public sealed record BuildRequest
{
    /// <summary>A directory that holds the context and that nobody changes while the build runs; <c>.dockerignore</c> is applied already.</summary>
    public required string ContextDirectory { get; init; }

    /// <summary>
    /// The folders of the contexts are copies that go when the build ends, on the file system of the snapshots: their files may be taken, not only copied.
    /// </summary>
    public bool OwnsContexts { get; init; }

    /// <summary>Files of the context that are read where they lie, and stand in its directory without their content. Null: there are none.</summary>
    public FilesInPlace? InPlace { get; init; }

    public required string DockerfileText { get; init; }

    /// <summary>The Dockerfile's name in messages.</summary>
    public string DockerfileName { get; init; } = "Dockerfile";

    /// <summary>Names that the image is given.</summary>
    public ImmutableArray<ImageReference> Tags { get; init; } = [];

    /// <summary>Values for ARGs.</summary>
    public IReadOnlyDictionary<string, string> BuildArgs { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The stage to stop at, by name or number; null is the last.</summary>
    public string? Target { get; init; }

    /// <summary>True: every step runs again; the answers are still recorded.</summary>
    public bool NoCache { get; init; }

    /// <summary>Labels over those of the Dockerfile.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// The image's time, which no file time is later than. Null: the image has the time of its newest commit (<see cref="Source"/>), its files
    /// <see cref="ReproducibleTime.Default"/>, so that a commit changes no layer; where no commit is known the image has that too.
    /// </summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }

    /// <summary>Annotations that say where the source came from (<c>org.opencontainers.image.revision</c>); they are part of the manifest only.</summary>
    public IReadOnlyDictionary<string, string> SourceAnnotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Where the context came from, found out beside the build and waited for when all steps are done. It is told in the statement beside the image; of it
    /// only the commit's time is part of the image. Null: nobody said.
    /// </summary>
    public Task<BuildSource?> Source { get; init; } = Task.FromResult<BuildSource?>(null);

    /// <summary>How much is said about the build beside the image.</summary>
    public ProvenanceDetail Provenance { get; init; } = ProvenanceDetail.Full;

    /// <summary>The packages that the image holds are listed beside it.</summary>
    public bool Sbom { get; init; }

    /// <summary>What the client's .dockerignore left out of the context, for messages; paths relative to the context.</summary>
    public IReadOnlyCollection<string> IgnoredPaths { get; init; } = [];

    /// <summary>What RUN --mount=type=secret may show, by id.</summary>
    public IReadOnlyDictionary<string, BuildSecret> Secrets { get; init; } = ImmutableDictionary<string, BuildSecret>.Empty;

    /// <summary>Sockets of ssh agents on this machine that RUN --mount=type=ssh may show, by id.</summary>
    public IReadOnlyDictionary<string, string> SshAgents { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Folders and images that stand in the place of a stage or image of that name.</summary>
    public IReadOnlyDictionary<string, NamedContext> Contexts { get; init; } = ImmutableDictionary<string, NamedContext>.Empty;

    /// <summary>Stages of which every step runs again.</summary>
    public IReadOnlyCollection<string> NoCacheStages { get; init; } = [];

    /// <summary>Brings a base image from its registry; null: no registry is asked.</summary>
    public Func<ImageReference, IProgress<BuildEvent>, CancellationToken, Task>? Pull { get; init; }

    /// <summary>Base images that are here are asked for too.</summary>
    public bool PullsAlways { get; init; }

    /// <summary>RUN --security=insecure may be used.</summary>
    public bool AllowsInsecure { get; init; }

    /// <summary>Shared caches that may answer steps which the store does not.</summary>
    public ImmutableArray<ISharedCache> CacheFrom { get; init; } = [];

    /// <summary>Shared caches that are written when the build has ended well.</summary>
    public ImmutableArray<CacheExport> CacheTo { get; init; } = [];

    /// <summary>The files as a failed step left them become an image without a name, and <see cref="FailureKept"/> says which.</summary>
    public bool KeepsFailure { get; init; }
}
