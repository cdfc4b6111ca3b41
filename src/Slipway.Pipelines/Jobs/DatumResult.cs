using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Jobs;

/// <summary>What a datum came to in a job.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatumState>))]
public enum DatumState
{
    /// <summary>Answered before: not run.</summary>
    Skipped,

    /// <summary>Run, with success.</summary>
    Processed,

    /// <summary>Tried as often as allowed, without success.</summary>
    Failed,

    /// <summary>Failed, and the error command succeeded: no output, and tried again in the next job.</summary>
    Recovered,
}

/// <summary>A datum of a job: what it is made of, why it ran or not, what came of it.</summary>
public sealed record DatumResult
{
    /// <summary>Which datum.</summary>
    public required DatumId Id { get; init; }

    /// <summary>What its answer depends on.</summary>
    public required DatumKey Key { get; init; }

    /// <summary>What it came to.</summary>
    public required DatumState State { get; init; }

    /// <summary>Why it ran, or did not.</summary>
    public required DatumReason Reason { get; init; }

    /// <summary>What it is made of.</summary>
    public required ImmutableArray<DatumResultInput> Inputs { get; init; }

    /// <summary>The job that ran it: this one, or where it was skipped the one whose answer was taken.</summary>
    public required JobId RanIn { get; init; }

    /// <summary>How often it was tried in the job that ran it.</summary>
    public int Tries { get; init; }

    /// <summary>The exit code of the last try.</summary>
    public int ExitCode { get; init; }

    /// <summary>When its first try began, in the job that ran it.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When its last try ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>The log of the last try.</summary>
    public Digest? Log { get; init; }

    /// <summary>What it left in <c>/pfs/out</c>; null unless it succeeded.</summary>
    public Digest? OutputTree { get; init; }

    /// <summary>How many files those are.</summary>
    public long OutputFiles { get; init; }

    /// <summary>How many bytes those files have.</summary>
    public long OutputBytes { get; init; }

    /// <summary>The time to make the last try ready.</summary>
    public TimeSpan Prepare { get; init; }

    /// <summary>The time of the command in the last try.</summary>
    public TimeSpan Run { get; init; }

    /// <summary>The time to collect the output.</summary>
    public TimeSpan Collect { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>The datum as a person calls it; see <see cref="Datum.Label"/>.</summary>
    [JsonIgnore]
    public string Label => string.Join(" × ", Inputs.Select(input => $"{input.Name}:{input.Path}"));
}

/// <summary>One entry that a datum is made of.</summary>
public sealed record DatumResultInput(string Name, RepoName Repo, BranchName Branch, GlobalId Commit, DataPath Path, EntryKind Kind, Digest Digest)
{
    internal static DatumResultInput Of(DatumInput input) =>
        new(input.Name, input.Repo, input.Branch, input.Commit, input.Path, input.Kind, input.Digest);
}

/// <summary>What is known of a key for good: the output and how it was made. Global: any pipeline's datum of that key takes it.</summary>
public sealed record Answer
{
    /// <summary>The job that gave it.</summary>
    public required JobId Job { get; init; }

    /// <summary>The output's root.</summary>
    public required Digest OutputTree { get; init; }

    /// <summary>The log of the try that succeeded.</summary>
    public Digest? Log { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Tries { get; init; }

    /// <summary>The exit code of the try that succeeded.</summary>
    public int ExitCode { get; init; }

    /// <summary>How many files the output has.</summary>
    public long OutputFiles { get; init; }

    /// <summary>How many bytes those files have.</summary>
    public long OutputBytes { get; init; }

    /// <summary>When the first try began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When the try that succeeded ended.</summary>
    public DateTimeOffset Finished { get; init; }

    /// <summary>The time to make the try ready.</summary>
    public TimeSpan Prepare { get; init; }

    /// <summary>The time of the command.</summary>
    public TimeSpan Run { get; init; }

    /// <summary>The time to collect the output.</summary>
    public TimeSpan Collect { get; init; }
}
