namespace Slipway.Api;

/// <summary>
/// A slipway.yaml, normalised and compared with what stands: what `slipway up` does, in this order. Folders and files are relative to the project's
/// folder, which only the client can read; so it decides itself whether an image or data differ.
/// </summary>
public sealed record ProjectPlan
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Input repos; the outputs of stages are no part of it.</summary>
    public IReadOnlyList<ProjectRepo> Repos { get => field ?? []; init; }

    /// <summary>Images to build, in the order of the stages.</summary>
    public IReadOnlyList<ProjectImage> Images { get => field ?? []; init; }

    public IReadOnlyList<ProjectData> Data { get => field ?? []; init; }

    /// <summary>Upstream first.</summary>
    public IReadOnlyList<ProjectPipeline> Pipelines { get => field ?? []; init; }

    /// <summary>"file:line:column: text" each; when there are any, nothing else is set.</summary>
    public IReadOnlyList<string> Diagnostics { get => field ?? []; init; }
}

/// <summary>An input repo of a project, and whether it is there already.</summary>
public sealed record ProjectRepo(string Name, bool Exists, string? Description = null);

/// <param name="Folder">The build context.</param>
/// <param name="Dockerfile">Within the folder.</param>
/// <param name="Digest">The image that the tag means now; unset when there is none.</param>
public sealed record ProjectImage(
    string Tag,
    string Folder,
    string Dockerfile = "Dockerfile",
    string? Target = null,
    IReadOnlyDictionary<string, string>? BuildArgs = null,
    string? Digest = null);

/// <param name="Source">A file or folder of the project.</param>
/// <param name="Path">Where it goes in the repo; a folder's contents lie below it.</param>
public sealed record ProjectData(string Repo, string Branch, string Path, string Source);

/// <param name="Spec">Canonical JSON, as <see cref="PutPipelinesRequest"/> takes it.</param>
/// <param name="Outcome">With the images that stand now.</param>
public sealed record ProjectPipeline(string Name, string Spec, PipelineOutcome Outcome, string? Reason = null);
