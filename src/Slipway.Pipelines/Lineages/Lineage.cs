using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Lineages;

/// <summary>Where an entry of a commit comes from: its bytes, its commit, and what made it, back to what people put.</summary>
public sealed record Lineage
{
    /// <summary>The repo.</summary>
    public required RepoName Repo { get; init; }

    /// <summary>The branch of the commit.</summary>
    public required BranchName Branch { get; init; }

    /// <summary>The commit.</summary>
    public required GlobalId Commit { get; init; }

    /// <summary>The commit's own digest; null where it failed.</summary>
    public CommitId? CommitId { get; init; }

    /// <summary>The entry in the commit.</summary>
    public required DataPath Path { get; init; }

    /// <summary>File, directory or symlink.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>What the entry holds.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Who put the data, where a person did; null for a pipeline's output.</summary>
    public LineagePut? Put { get; init; }

    /// <summary>The job that made it; null for a person's data.</summary>
    public LineageJob? Job { get; init; }

    /// <summary>What cannot be said, each in a sentence.</summary>
    public ImmutableArray<string> Unknown { get; init; } = [];
}

/// <summary>A commit by a person.</summary>
public sealed record LineagePut(string Author, string Message, DateTimeOffset? Finished);

/// <summary>A job, as far as it explains an entry.</summary>
public sealed record LineageJob
{
    /// <summary>The job whose output commit has the entry.</summary>
    public required JobId Id { get; init; }

    /// <summary>Why there was such a job.</summary>
    public required string Cause { get; init; }

    /// <summary>The version of the pipeline.</summary>
    public required int Version { get; init; }

    /// <summary>The image's name.</summary>
    public required string ImageName { get; init; }

    /// <summary>The digest of the image's manifest.</summary>
    public required Digest Image { get; init; }

    /// <summary>What else is known of the image; null where it is not stored any more.</summary>
    public ImageFacts? ImageFacts { get; init; }

    /// <summary>The command; empty: the image's own.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>The datums that wrote the entry: one for a file, often several for a directory.</summary>
    public required ImmutableArray<LineageDatum> Datums { get; init; }
}

/// <summary>A datum that wrote the entry.</summary>
/// <param name="RanIn">The job that ran it; another than the entry's where its answer was taken.</param>
public sealed record LineageDatum(DatumId Id, DatumKey Key, JobId RanIn, Digest? Log, ImmutableArray<LineageInput> Inputs);

/// <summary>What a datum read as one of its inputs.</summary>
public sealed record LineageInput(string Name, Lineage Source);

/// <summary>What the image store knows of an image: the digest of its Dockerfile and of its context, the revision of its source.</summary>
public sealed record ImageFacts(string? DockerfileDigest, string? ContextDigest, string? Revision);
