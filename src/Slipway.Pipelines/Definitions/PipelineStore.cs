using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Scheduling;
using Slipway.Pipelines.Specs;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Definitions;

/// <summary>
/// Creates, updates, finds and deletes pipelines. The image's name is resolved here, once a version: a pipeline whose image does not
/// exist is refused, and a name that moves on changes nothing until the pipeline is updated.
/// </summary>
public sealed class PipelineStore(
    IMetadataStore metadata, RepoStore repos, CommitStore commits, RepoContents contents, IImageResolver images, TimeProvider time)
{
    private readonly Propagation _propagation = new(commits, time);

    /// <summary>
    /// Creates the pipeline with its output repo, or makes a new version of it; then starts a job, whose unaffected datums are taken from
    /// their answers. The same spec and image as before change nothing, unless <paramref name="reprocess"/> asks for a job.
    /// </summary>
    /// <param name="update">An existing pipeline may be changed. A spec that says so itself counts too.</param>
    /// <param name="reprocess">The job runs all its datums again. A spec that says so itself counts too.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.AlreadyExists"/>: it exists and is not to be updated, or a repo of users has its name;
    /// <see cref="ErrorKind.NotFound"/>: its image, or a repo that it reads; <see cref="ErrorKind.InvalidArgument"/>: it would read, by
    /// way of others, its own output.
    /// </exception>
    public async ValueTask<PipelineChange> CreateOrUpdateAsync(PipelineSpec spec, bool update, bool reprocess, CancellationToken cancellationToken)
    {
        update |= spec.Update;
        reprocess |= spec.ReprocessNow;
        PipelineImage image = await images.ResolveAsync(spec.Transform.Image, cancellationToken);
        foreach (RepoName repo in spec.Input.Leaves().Select(leaf => leaf.Repo).Where(repo => repo != spec.Name.Repo).Distinct())
        {
            await repos.GetAsync(repo, cancellationToken);
        }

        PipelineChange change = await metadata.WriteAsync(
            transaction => ChangeAsync(transaction, spec with { Update = false, ReprocessNow = false }, image, update, reprocess, cancellationToken),
            cancellationToken);
        commits.NotifyChanged();
        return change;
    }

    /// <summary>What <see cref="CreateOrUpdateAsync"/> would come to, without doing it: for a plan that is shown first.</summary>
    public async ValueTask<PipelineChangeKind> PreviewAsync(PipelineSpec spec, PipelineImage? image, CancellationToken cancellationToken) =>
        await FindAsync(spec.Name, cancellationToken) is not { } existing ? PipelineChangeKind.Created
        : existing.Image.RunIdentity == image?.RunIdentity && SpecWriter.Write(existing.Spec) == SpecWriter.Write(spec) ? PipelineChangeKind.Unchanged
        : PipelineChangeKind.Updated;

    /// <summary>The current version of a pipeline, or null.</summary>
    public ValueTask<Pipeline?> FindAsync(PipelineName name, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => PipelineTables.FindAsync(reader, name, cancellationToken), cancellationToken);

    /// <summary>One version of a pipeline, also of one that is deleted; null where there is none.</summary>
    public ValueTask<Pipeline?> FindVersionAsync(PipelineName name, int version, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => PipelineTables.FindAsync(reader, name, version, cancellationToken), cancellationToken);

    /// <summary>The current version of a pipeline.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, with the nearest name.</exception>
    public ValueTask<Pipeline> GetAsync(PipelineName name, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => GetAsync(reader, name, cancellationToken), cancellationToken);

    /// <summary>The current version of every pipeline, each after those whose output it reads.</summary>
    public async ValueTask<IReadOnlyList<Pipeline>> ListAsync(CancellationToken cancellationToken) => PipelineGraph.InOrder(
        await metadata.ReadAsync(reader => PipelineTables.ListAsync(reader, cancellationToken), cancellationToken), pipeline => pipeline.Spec);

    /// <summary>All versions of a pipeline, oldest first.</summary>
    public ValueTask<IReadOnlyList<Pipeline>> ListVersionsAsync(PipelineName name, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => PipelineTables.ListVersionsAsync(reader, name, cancellationToken), cancellationToken);

    /// <summary>The pipelines that read a repo, by name.</summary>
    public async ValueTask<IReadOnlyList<PipelineName>> ListReadersAsync(RepoName repo, CancellationToken cancellationToken) =>
        Readers(repo, await metadata.ReadAsync(reader => PipelineTables.ListAsync(reader, cancellationToken), cancellationToken));

    /// <summary>To be called before a repo is deleted.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: a pipeline reads it, or it is a pipeline's output.</exception>
    public async ValueTask CheckUnusedAsync(RepoName repo, CancellationToken cancellationToken)
    {
        IReadOnlyList<Pipeline> pipelines = await metadata.ReadAsync(reader => PipelineTables.ListAsync(reader, cancellationToken), cancellationToken);
        if (pipelines.FirstOrDefault(pipeline => pipeline.Name.Repo == repo) is { } owner)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"repo {repo} is the output of pipeline {owner.Name}", $"slipway pipeline rm {owner.Name} removes both.");
        }

        ThrowWhereRead(repo, pipelines);
    }

    /// <summary>
    /// Deletes a pipeline. Its jobs that are not over are stopped, their output commits failed. With <paramref name="keepRepo"/> the output
    /// repo, the jobs and the versions stay, so that what was made remains explained; else all of it goes. Answers stay in any case.
    /// </summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: the repo is to go, and other pipelines read it.
    /// </exception>
    public async ValueTask DeleteAsync(PipelineName name, bool keepRepo, CancellationToken cancellationToken)
    {
        Digest empty = await contents.Of(name.Repo).Trees.EmptyAsync(cancellationToken);
        await metadata.WriteAsync(
            async transaction =>
            {
                await GetAsync(transaction, name, cancellationToken);
                if (keepRepo)
                {
                    await StopJobsAsync(transaction, name, empty, cancellationToken);
                }
                else
                {
                    ThrowWhereRead(name.Repo, await PipelineTables.ListAsync(transaction, cancellationToken));
                    await JobTables.DeleteAsync(transaction, name, cancellationToken);
                    await repos.DeleteAsync(transaction, name.Repo, cancellationToken);
                }

                await PipelineTables.DeleteAsync(transaction, name, versions: !keepRepo, cancellationToken);
                return true;
            },
            cancellationToken);
        commits.NotifyChanged();
    }

    private async ValueTask<PipelineChange> ChangeAsync(
        IMetadataTransaction transaction, PipelineSpec spec, PipelineImage image, bool update, bool reprocess, CancellationToken cancellationToken)
    {
        Pipeline? existing = await PipelineTables.FindAsync(transaction, spec.Name, cancellationToken);
        if (existing is not null && !update)
        {
            throw new SlipwayException(
                ErrorKind.AlreadyExists, $"there is a pipeline {spec.Name} already, in version {existing.Version}", "slipway pipeline update -f FILE changes it.");
        }

        if (existing is not null && existing.Image.RunIdentity == image.RunIdentity && SpecWriter.Write(existing.Spec) == SpecWriter.Write(spec))
        {
            JobId? again = reprocess
                ? await _propagation.PipelineChangedAsync(transaction, existing, "reprocess was asked for", true, cancellationToken)
                : null;
            return new PipelineChange(existing, PipelineChangeKind.Unchanged, again);
        }

        IReadOnlyList<Pipeline> others = await PipelineTables.ListAsync(transaction, cancellationToken);
        ThrowWhereCircular(spec, others);
        await EnsureOutputRepoAsync(transaction, spec, cancellationToken);
        Pipeline pipeline = await PipelineTables.AddAsync(transaction, spec, image, time.GetUtcNow(), cancellationToken);
        string cause = existing is null ? "pipeline created" : $"pipeline updated to version {pipeline.Version}";
        JobId? job = await _propagation.PipelineChangedAsync(transaction, pipeline, cause, reprocess, cancellationToken);
        return new PipelineChange(pipeline, existing is null ? PipelineChangeKind.Created : PipelineChangeKind.Updated, job);
    }

    private async ValueTask EnsureOutputRepoAsync(IMetadataTransaction transaction, PipelineSpec spec, CancellationToken cancellationToken)
    {
        Repo? repo = await repos.FindAsync(transaction, spec.Name.Repo, cancellationToken);
        if (repo is null)
        {
            string description = spec.Description.Length > 0 ? spec.Description : $"Output of pipeline {spec.Name}.";
            await repos.CreateAsync(transaction, spec.Name.Repo, description, spec.Name.ToString(), cancellationToken);
        }
        else if (repo.Pipeline != spec.Name.ToString())
        {
            throw new SlipwayException(
                ErrorKind.AlreadyExists, $"there is a repo {spec.Name.Repo} already, so pipeline {spec.Name} cannot write to one of that name",
                "Give the pipeline another name, or delete the repo.");
        }
    }

    private async ValueTask StopJobsAsync(IMetadataTransaction transaction, PipelineName name, Digest empty, CancellationToken cancellationToken)
    {
        const string Error = "the pipeline was deleted";
        foreach (Job job in (await JobTables.ListOpenAsync(transaction, cancellationToken)).Where(job => job.Id.Pipeline == name))
        {
            await commits.FinishOutputAsync(transaction, name.Repo, job.Id.GlobalId, empty, Error, cancellationToken);
            await JobTables.PutAsync(transaction, job with { State = JobState.Killed, Error = Error, Finished = time.GetUtcNow() }, cancellationToken);
        }
    }

    private static void ThrowWhereCircular(PipelineSpec spec, IReadOnlyList<Pipeline> others)
    {
        PipelineSpec[] specs = [spec, .. others.Where(other => other.Name != spec.Name).Select(other => other.Spec)];
        if (PipelineGraph.FindCycle(spec.Name, specs) is { } cycle)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"pipeline {spec.Name} would read what it makes itself: {string.Join(" → ", cycle)}",
                "Let one of them read another repo.");
        }
    }

    private static async ValueTask<Pipeline> GetAsync(IMetadataReader reader, PipelineName name, CancellationToken cancellationToken)
    {
        if (await PipelineTables.FindAsync(reader, name, cancellationToken) is { } pipeline)
        {
            return pipeline;
        }

        IReadOnlyList<Pipeline> all = await PipelineTables.ListAsync(reader, cancellationToken);
        string? near = NearestName.Find(name.ToString(), all.Select(p => p.Name.ToString()));
        string hint = near is not null ? $"Did you mean {near}?" : "slipway pipeline ls shows the pipelines.";
        throw new SlipwayException(ErrorKind.NotFound, $"there is no pipeline {name}", hint);
    }

    private static List<PipelineName> Readers(RepoName repo, IReadOnlyList<Pipeline> pipelines) =>
        [.. pipelines.Where(pipeline => pipeline.Spec.Input.Leaves().Any(leaf => leaf.Repo == repo)).Select(pipeline => pipeline.Name)];

    private static void ThrowWhereRead(RepoName repo, IReadOnlyList<Pipeline> pipelines)
    {
        if (Readers(repo, pipelines) is { Count: > 0 } readers)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"repo {repo} is read by {string.Join(", ", readers)}", $"Delete first: slipway pipeline rm {readers[0]}");
        }
    }
}
