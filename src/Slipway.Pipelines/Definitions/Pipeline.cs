using Slipway.Content;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Definitions;

/// <summary>A pipeline in one of its versions.</summary>
public sealed record Pipeline
{
    /// <summary>The pipeline's name, and its output repo's.</summary>
    public required PipelineName Name { get; init; }

    /// <summary>Counts from 1; a version is never changed. A name that is used again after a deletion counts on.</summary>
    public required int Version { get; init; }

    /// <summary>What it is.</summary>
    public required PipelineSpec Spec { get; init; }

    /// <summary>What the image's name stood for when this version was made: a job is explained by it, also after the name moved on.</summary>
    public required PipelineImage Image { get; init; }

    /// <summary>When this version was made.</summary>
    public required DateTimeOffset Created { get; init; }
}

/// <summary>What creating or updating a pipeline came to.</summary>
public enum PipelineChangeKind
{
    /// <summary>There was none of that name.</summary>
    Created,

    /// <summary>It has a new version.</summary>
    Updated,

    /// <summary>Spec and image are the same as before: no new version.</summary>
    Unchanged,
}

/// <summary>What creating or updating a pipeline came to.</summary>
/// <param name="Job">The job that it started; null where nothing changed, or where no input has a commit yet.</param>
public sealed record PipelineChange(Pipeline Pipeline, PipelineChangeKind Kind, JobId? Job);
