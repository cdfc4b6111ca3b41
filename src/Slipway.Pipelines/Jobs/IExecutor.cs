using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Repos;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Jobs;

/// <summary>
/// Runs one try of one datum somewhere: in a container of this machine, on a cluster. Knows nothing of jobs, retries or answers: those
/// are the scheduler's, and the same on every executor. Safe to call from several workers at once.
/// </summary>
public interface IExecutor
{
    /// <summary>What it is called in job records: <c>embedded</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Runs one try: inputs under <c>/pfs/&lt;name&gt;</c>, an empty <c>/pfs/out</c>, the command, then what it left there as a tree in the
    /// store. What the command does is an outcome; an exception means that the executor itself could not work, and fails the job.
    /// On cancellation the container is stopped and removed before the call ends.
    /// </summary>
    ValueTask<DatumOutcome> RunAsync(DatumRun run, CancellationToken cancellationToken);

    /// <summary>Removes what a killed server left behind. Called once, before the first run.</summary>
    ValueTask CleanAsync(CancellationToken cancellationToken);
}

/// <summary>All that an executor needs to know for one try.</summary>
public sealed record DatumRun
{
    /// <summary>The pipeline's name, for labels and messages.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The repo whose store takes the output and the log.</summary>
    public required RepoName Output { get; init; }

    /// <summary>The job, <c>pipeline@global-id</c>.</summary>
    public required string JobId { get; init; }

    /// <summary>Which datum.</summary>
    public required DatumId Datum { get; init; }

    /// <summary>What its answer depends on.</summary>
    public required DatumKey Key { get; init; }

    /// <summary>The image. Where its manifest is not stored any more, another with the same run identity does.</summary>
    public required PipelineImage Image { get; init; }

    /// <summary>The image's name as the spec writes it, for messages.</summary>
    public required string ImageName { get; init; }

    /// <summary>What runs.</summary>
    public required StageCommand Stage { get; init; }

    /// <summary>
    /// The whole environment beyond the image's, <c>NAME=value</c> in order, each name once: the spec's variables and the contract's
    /// (the <c>PACH_*</c> and <c>SLIPWAY_*</c> names).
    /// </summary>
    public required ImmutableArray<string> Environment { get; init; }

    /// <summary>What appears under <c>/pfs</c>, read-only.</summary>
    public required ImmutableArray<DatumMount> Inputs { get; init; }

    /// <summary>The most memory, in bytes; null: no limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The most processors; null: no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>The longest that this try may take, the error command included; the executor keeps it and answers TimedOut.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Which try this is, from 1.</summary>
    public required int Try { get; init; }
}

/// <summary>What runs for a datum.</summary>
public sealed record StageCommand
{
    /// <summary>The command and its arguments; empty: the image's own.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Lines for its standard input, each to be ended by a line feed. A command that reads none of it does not fail.</summary>
    public ImmutableArray<string> Stdin { get; init; } = [];

    /// <summary>Runs after the command failed; its success makes the outcome Recovered. Empty: none.</summary>
    public ImmutableArray<string> ErrorCommand { get; init; } = [];

    /// <summary>Lines for the error command's standard input.</summary>
    public ImmutableArray<string> ErrorStdin { get; init; } = [];

    /// <summary>The user; null: the image's.</summary>
    public string? User { get; init; }

    /// <summary>The working folder; null: the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Exit codes beside 0 that count as success.</summary>
    public ImmutableArray<int> AcceptReturnCodes { get; init; } = [];
}

/// <summary>One input: the entry at <paramref name="Path"/> of a tree of a repo appears at <c>/pfs/&lt;Name&gt;&lt;Path&gt;</c>, with its full path.</summary>
public sealed record DatumMount(string Name, RepoName Repo, Digest Tree, DataPath Path);

/// <summary>How a try ended.</summary>
public enum DatumOutcomeKind
{
    /// <summary>The command ended with 0 or an accepted code, and its output is collected.</summary>
    Succeeded,

    /// <summary>The command failed, or could not be started, or its output could not be collected.</summary>
    Failed,

    /// <summary>The command failed and the error command succeeded.</summary>
    Recovered,

    /// <summary>The try took longer than it may.</summary>
    TimedOut,
}

/// <summary>What one try came to.</summary>
/// <param name="ExitCode">The command's, or 128 and the signal; -1 where it did not run.</param>
/// <param name="OutputTree">The root of the collected tree; null unless it succeeded.</param>
/// <param name="Log">The blob of its log; null where nothing was said.</param>
/// <param name="Prepare">The time to make inputs and container ready.</param>
/// <param name="Run">The time of the command.</param>
/// <param name="Collect">The time to take the output into the store.</param>
/// <param name="Error">Why it failed, for a person; null where it succeeded.</param>
public sealed record DatumOutcome(
    DatumOutcomeKind Kind,
    int ExitCode,
    Digest? OutputTree,
    long OutputFiles,
    long OutputBytes,
    Digest? Log,
    TimeSpan Prepare,
    TimeSpan Run,
    TimeSpan Collect,
    string? Error);
