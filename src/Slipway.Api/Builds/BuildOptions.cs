using System.Collections.Frozen;

namespace Slipway.Api;

/// <summary>What a build is asked to do, beside its context.</summary>
public sealed record BuildOptions
{
    public IReadOnlyList<string> Tags { get => field ?? []; init; }

    /// <summary>How messages name the Dockerfile: its path as the user gave it.</summary>
    public string DockerfileName { get => field ?? "Dockerfile"; init; }

    public IReadOnlyDictionary<string, string> BuildArgs { get => field ?? EmptyMap.Value; init; }

    public string? Target { get; init; }

    public bool NoCache { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get => field ?? EmptyMap.Value; init; }

    /// <summary>2000-01-01T00:00:00Z, in seconds since 1970: the time of images and their files where nothing else is said.</summary>
    public const long ConstantTime = 946_684_800;

    /// <summary>9999-12-31T23:59:59Z, in seconds since 1970: no image is younger.</summary>
    public const long LatestTime = 253_402_300_799;

    /// <summary>
    /// Seconds since 1970: the image's time, which none in its layers is later than. Null: it has the time of the newest commit that changed the context, in layers
    /// <see cref="ConstantTime"/>.
    /// </summary>
    public long? SourceDateEpoch { get; init; }

    /// <summary>Where the context came from, kept as annotations: the git revision and whether the tree was clean.</summary>
    public IReadOnlyDictionary<string, string> SourceAnnotations { get => field ?? EmptyMap.Value; init; }

    /// <summary>How much is said about the build in a statement beside the image: <c>none</c>, <c>min</c> or <c>max</c>.</summary>
    public string Provenance { get => field ?? "max"; init; }

    /// <summary>Attach the list of packages that the image holds, as SPDX.</summary>
    public bool Sbom { get; init; }

    /// <summary>Stages of which every step runs again.</summary>
    public IReadOnlyList<string> NoCacheStages { get => field ?? []; init; }

    /// <summary>Names that stand for images: name to reference. Folders under a name travel in the body.</summary>
    public IReadOnlyDictionary<string, string> ImageContexts { get => field ?? EmptyMap.Value; init; }

    /// <summary>Sockets of ssh agents on the server's own machine, by id; only over its unix socket, by its own user.</summary>
    public IReadOnlyDictionary<string, string> SshAgents { get => field ?? EmptyMap.Value; init; }

    /// <summary>What the build may do beyond the ordinary: <c>security.insecure</c>, <c>network.host</c>.</summary>
    public IReadOnlyList<string> Allowed { get => field ?? []; init; }

    /// <summary>Only look for what BuildKit's build checks warn of: the stream is a <see cref="BuildFinding"/> each, and nothing is built.</summary>
    public bool Check { get; init; }

    /// <summary>Who we are to the registries of base images, by registry.</summary>
    public IReadOnlyDictionary<string, RegistryAccount> RegistryAccounts { get => field ?? FrozenDictionary<string, RegistryAccount>.Empty; init; }

    /// <summary>Ask the registries for base images that are here too: a name may mean a newer one there.</summary>
    public bool Pull { get; init; }

    /// <summary>Ask no registry for base images.</summary>
    public bool Offline { get; init; }

    /// <summary>Build twice, trusting no cache, and fail where the images differ.</summary>
    public bool Verify { get; init; }

    /// <summary>Shared caches that may answer steps which the server's own does not.</summary>
    public IReadOnlyList<SharedCacheOption> CacheFrom { get => field ?? []; init; }

    /// <summary>Shared caches to write when the build has ended well.</summary>
    public IReadOnlyList<SharedCacheOption> CacheTo { get => field ?? []; init; }

    /// <summary>Keep the files as a failed step left them, as an image without a name (<see cref="BuildFailureKept"/>).</summary>
    public bool KeepFailure { get; init; }
}
