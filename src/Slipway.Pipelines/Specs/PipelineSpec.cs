using System.Collections.Immutable;
using Slipway.Data.Repos;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// What a pipeline is: the stage to run, its input and how to run it. Read by <see cref="SpecReader"/>, written by
/// <see cref="SpecWriter"/>; two specs are the same where their canonical texts are.
/// </summary>
public sealed record PipelineSpec
{
    /// <summary>How often a datum is tried where the spec does not say.</summary>
    public const int DefaultDatumTries = 3;

    /// <summary>The pipeline's name, and its output repo's.</summary>
    public required PipelineName Name { get; init; }

    /// <summary>For people; no part of what the stage computes.</summary>
    public string Description { get; init; } = "";

    /// <summary>What runs for a datum.</summary>
    public required TransformSpec Transform { get; init; }

    /// <summary>Where the datums come from.</summary>
    public required InputSpec Input { get; init; }

    /// <summary>How many datums run at once.</summary>
    public ParallelismSpec Parallelism { get; init; } = new(1, null);

    /// <summary>How often a datum is tried before its job fails.</summary>
    public int DatumTries { get; init; } = DefaultDatumTries;

    /// <summary>The longest that one try may take.</summary>
    public TimeSpan? DatumTimeout { get; init; }

    /// <summary>The longest that a job may run, counted from when it starts, and anew when a server takes it up again.</summary>
    public TimeSpan? JobTimeout { get; init; }

    /// <summary>What a datum may use of the machine.</summary>
    public LimitsSpec Limits { get; init; } = new(null, null);

    /// <summary>Whether a job takes answers that exist already.</summary>
    public ReprocessSpec Reprocess { get; init; } = ReprocessSpec.UntilSuccess;

    /// <summary>The branch of the output repo that jobs write.</summary>
    public BranchName OutputBranch { get; init; } = BranchName.Parse("master");

    /// <summary>The file asked for an existing pipeline to be updated. A request, no part of the pipeline.</summary>
    public bool Update { get; init; }

    /// <summary>The file asked for every datum to run again. A request, no part of the pipeline.</summary>
    public bool ReprocessNow { get; init; }

    /// <summary>What the file says that has no effect here, a sentence each with its place, to be shown to the person.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}

/// <summary>The stage: an image and what runs in it.</summary>
public sealed record TransformSpec
{
    /// <summary>The image's name as written.</summary>
    public required string Image { get; init; }

    /// <summary>The command and its arguments; empty: the image's own.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Lines for the command's standard input.</summary>
    public ImmutableArray<string> Stdin { get; init; } = [];

    /// <summary>Variables, in the order of the file, each name once.</summary>
    public ImmutableArray<EnvironmentVariable> Environment { get; init; } = [];

    /// <summary>The user inside the container; null: the image's.</summary>
    public string? User { get; init; }

    /// <summary>The folder that the command starts in; null: the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Exit codes beside 0 that count as success, ascending.</summary>
    public ImmutableArray<int> AcceptReturnCodes { get; init; } = [];

    /// <summary>Runs where the command failed; where it succeeds the datum is recovered: without output, but no failure.</summary>
    public ImmutableArray<string> ErrorCommand { get; init; } = [];

    /// <summary>Lines for the error command's standard input.</summary>
    public ImmutableArray<string> ErrorStdin { get; init; } = [];
}

/// <summary>One variable of a stage's environment.</summary>
public sealed record EnvironmentVariable(string Name, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Value}";
}

/// <summary>How many datums of a job run at once: a fixed number, or a share of the machine's processors.</summary>
public sealed record ParallelismSpec(int? Constant, double? Coefficient)
{
    /// <summary>The number of workers on a machine with that many processors, at least one.</summary>
    public int Workers(int processors) => Constant ?? Math.Max(1, (int)Math.Round((Coefficient ?? 0) * processors));
}

/// <summary>Limits of one datum: bytes of memory, and processors (0.5 is half of one).</summary>
public sealed record LimitsSpec(long? MemoryBytes, double? Cpus);

/// <summary>Whether a job takes answers that exist already.</summary>
public enum ReprocessSpec
{
    /// <summary>A datum that succeeded once is not run again.</summary>
    UntilSuccess,

    /// <summary>Every job runs all its datums.</summary>
    EveryJob,
}
