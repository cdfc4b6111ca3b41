using System.Text.Json.Serialization;
using Slipway.Data.Repos;

namespace Slipway.Pipelines.Jobs;

/// <summary>One run of a pipeline: what it is for, where it stands, what it came to.</summary>
public sealed record Job
{
    /// <summary>The job's pipeline and global id.</summary>
    public required JobId Id { get; init; }

    /// <summary>Jobs in the order in which they were made, across pipelines, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>The version of the pipeline that it runs.</summary>
    public required int Version { get; init; }

    /// <summary>The branch of the output repo that it writes.</summary>
    public required BranchName OutputBranch { get; init; }

    /// <summary>Why there is such a job: <c>commit training@master</c>, <c>pipeline created</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>Runs every datum again, whether it is answered or not.</summary>
    public bool Reprocess { get; init; }

    /// <summary>Where it stands.</summary>
    public JobState State { get; init; } = JobState.Created;

    /// <summary>How many of its datums came to what.</summary>
    public JobCounts Counts { get; init; } = new();

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it first ran.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended, in whatever state.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Why it did not succeed.</summary>
    public string? Error { get; init; }

    /// <summary>True where it will not change any more.</summary>
    [JsonIgnore]
    public bool IsOver => State is not (JobState.Created or JobState.Running);
}

/// <summary>How many datums of a job came to what. Zero until it is planned.</summary>
/// <param name="Total">All datums of the job.</param>
/// <param name="Skipped">Answered before the job.</param>
/// <param name="Processed">Run by the job, with success.</param>
/// <param name="Failed">Tried as often as allowed, without success.</param>
/// <param name="Recovered">Failed, and the error command succeeded.</param>
/// <param name="Gone">Datums of the pipeline's previous job that this one does not have.</param>
public sealed record JobCounts(int Total = 0, int Skipped = 0, int Processed = 0, int Failed = 0, int Recovered = 0, int Gone = 0);
