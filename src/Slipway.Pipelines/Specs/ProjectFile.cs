using System.Collections.Immutable;
using Slipway.Data;
using Slipway.Data.Repos;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// What a <c>slipway.yaml</c> says: the repos, data and stages of a project. Read by <see cref="ProjectReader"/>; <c>slipway up</c> brings a
/// server to that state.
/// </summary>
public sealed record ProjectFile
{
    /// <summary>The project's name: the first part of the images that it builds.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The repos for data, in the order of the file.</summary>
    public ImmutableArray<ProjectRepo> Repos { get; init; } = [];

    /// <summary>The data to put, in the order of the file.</summary>
    public ImmutableArray<ProjectData> Data { get; init; } = [];

    /// <summary>The stages, each after those whose output it reads; else in the order of the file.</summary>
    public ImmutableArray<ProjectStage> Stages { get; init; } = [];
}

/// <summary>A repo that the project needs.</summary>
public sealed record ProjectRepo(RepoName Name, string Description);

/// <summary>A file or folder to put: <paramref name="From"/> is relative to the project's folder and does not leave it.</summary>
public sealed record ProjectData(RepoName Repo, BranchName Branch, DataPath Path, string From);

/// <summary>A stage: its pipeline, and how its image is built; null where the image exists already.</summary>
public sealed record ProjectStage(string Name, StageBuild? Build, PipelineSpec Pipeline);

/// <summary>How a stage's image is built. Paths are relative to the project's folder and do not leave it.</summary>
/// <param name="Context">The folder that COPY reads from.</param>
/// <param name="Dockerfile">The Dockerfile, relative to the context.</param>
/// <param name="Arguments">Build arguments, each name once.</param>
/// <param name="Target">The Dockerfile's stage to build; null: its last.</param>
public sealed record StageBuild(string Context, string Dockerfile, ImmutableArray<EnvironmentVariable> Arguments, string? Target);
