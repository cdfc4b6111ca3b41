namespace Slipway.Build.Dockerfiles;

/// <summary>What a RUN's mount shows.</summary>
public enum RunMountKind
{
    /// <summary>Files of the context, a stage or an image.</summary>
    Bind,

    /// <summary>A folder that later builds find again.</summary>
    Cache,

    /// <summary>An empty folder in memory.</summary>
    Tmpfs,

    /// <summary>A secret of the caller, as a file or a variable.</summary>
    Secret,

    /// <summary>The caller's ssh agent.</summary>
    Ssh,
}

/// <summary>Who else may use a cache mount while a step does.</summary>
public enum CacheSharing
{
    /// <summary>Everybody.</summary>
    Shared,

    /// <summary>Nobody: a second step has a folder of its own.</summary>
    Private,

    /// <summary>Nobody: a second step waits.</summary>
    Locked,
}

/// <summary>One <c>--mount</c> of a RUN, as its fields say.</summary>
/// <param name="Kind">bind where no type is written.</param>
public sealed record RunMount(RunMountKind Kind)
{
    /// <summary>A stage, an image or a named context; null is the build's context (bind) or nothing (cache).</summary>
    public string? From { get; init; }

    /// <summary>A path in what <see cref="From"/> names.</summary>
    public string Source { get; init; } = "";

    /// <summary>As written: relative to the working directory, or absolute. Null where the kind has a default.</summary>
    public string? Target { get; init; }

    /// <summary>Which cache, secret or agent; null where it follows from the target.</summary>
    public string? Id { get; init; }

    /// <summary>The variable that a secret is put into; null for a file alone.</summary>
    public string? Variable { get; init; }

    public CacheSharing Sharing { get; init; }

    /// <summary>A secret or agent that the caller does not give is a fault.</summary>
    public bool IsRequired { get; init; }

    public bool IsReadOnly { get; init; }

    /// <summary>Bytes that a tmpfs may hold; null is half of the memory.</summary>
    public long? Size { get; init; }

    public int? Mode { get; init; }

    public int User { get; init; }

    public int Group { get; init; }
}
