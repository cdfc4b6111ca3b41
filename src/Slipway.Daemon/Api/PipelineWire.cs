using Slipway.Api;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Specs;

namespace Slipway.Daemon.Api;

/// <summary>Pipelines, jobs and datums as the wire says them.</summary>
internal static class PipelineWire
{
    public static PipelineInfo Info(Pipeline pipeline, DateTimeOffset created, Job? last, bool withSpec) => new()
    {
        Name = pipeline.Name.ToString(),
        Version = pipeline.Version,
        Description = pipeline.Spec.Description.Length > 0 ? pipeline.Spec.Description : null,
        Created = created,
        Updated = pipeline.Created,
        Image = pipeline.Spec.Transform.Image,
        ImageDigest = pipeline.Image.Manifest.ToString(),
        Input = Describe(pipeline.Spec.Input),
        OutputBranch = pipeline.Spec.OutputBranch.ToString(),
        LastJob = last?.Id.ToString(),
        LastJobState = last is null ? null : State(last.State),
        Spec = withSpec ? SpecWriter.WriteIndented(pipeline.Spec) : null,
    };

    public static PipelineOutcome Outcome(PipelineChangeKind kind) => kind switch
    {
        PipelineChangeKind.Created => PipelineOutcome.Created,
        PipelineChangeKind.Updated => PipelineOutcome.Updated,
        _ => PipelineOutcome.Unchanged,
    };

    /// <summary>What differs between a pipeline and what it is to be; null where nothing does.</summary>
    public static string? Difference(Pipeline before, PipelineSpec after, PipelineImage? image)
    {
        List<string> differs = [];
        if (before.Image.RunIdentity != image?.RunIdentity)
        {
            differs.Add(image is null ? "the image is not built yet" : "the image has changed");
        }

        if (SpecWriter.Write(before.Spec) != SpecWriter.Write(after))
        {
            differs.Add("the specification has changed");
        }

        return differs.Count == 0 ? null : string.Join("; ", differs);
    }

    public static JobInfo Job(Job job, Pipeline? version, Commit? output, IReadOnlyList<DatumInfo>? datums, int running = 0) => new()
    {
        Id = job.Id.ToString(),
        Pipeline = job.Id.Pipeline.ToString(),
        State = State(job.State),
        GlobalId = job.Id.GlobalId.ToString(),
        PipelineVersion = job.Version,
        Image = version?.Spec.Transform.Image,
        ImageDigest = version?.Image.Manifest.ToString(),
        Created = job.Created,
        Started = job.Started,
        Finished = job.Finished,
        Counts = new DatumCounts(job.Counts.Total, job.Counts.Processed, job.Counts.Skipped, job.Counts.Failed, job.Counts.Recovered, running),
        Output = output is null ? null : $"{output.Repo}@{output.GlobalId}",
        Inputs = output is null ? [] : [.. output.Provenance.Select(DataWire.Link)],
        Error = job.Error,
        Datums = datums,
    };

    public static DatumInfo Datum(DatumResult datum) => new()
    {
        Id = datum.Id.ToString(),
        State = datum.State switch
        {
            Pipelines.Jobs.DatumState.Skipped => Slipway.Api.DatumState.Skipped,
            Pipelines.Jobs.DatumState.Processed => Slipway.Api.DatumState.Processed,
            Pipelines.Jobs.DatumState.Recovered => Slipway.Api.DatumState.Recovered,
            _ => Slipway.Api.DatumState.Failed,
        },
        Inputs = [.. datum.Inputs.Select(input => new DatumInputInfo(input.Name, input.Repo.ToString(), input.Path.ToString(), input.Digest.ToString()))],
        ExitCode = datum.ExitCode,
        Tries = datum.Tries,
        Reason = datum.Error is { } error ? $"{datum.Reason}; {error}" : datum.Reason.ToString(),
        PrepareSeconds = datum.Prepare.TotalSeconds,
        RunSeconds = datum.Run.TotalSeconds,
        CollectSeconds = datum.Collect.TotalSeconds,
        OutputFiles = datum.OutputFiles,
        OutputBytes = datum.OutputBytes,
    };

    public static Slipway.Api.JobState State(Pipelines.Jobs.JobState state) => state switch
    {
        Pipelines.Jobs.JobState.Created => Slipway.Api.JobState.Waiting,
        Pipelines.Jobs.JobState.Running => Slipway.Api.JobState.Running,
        Pipelines.Jobs.JobState.Succeeded => Slipway.Api.JobState.Succeeded,
        Pipelines.Jobs.JobState.Killed => Slipway.Api.JobState.Killed,
        Pipelines.Jobs.JobState.Unrunnable => Slipway.Api.JobState.Unrunnable,
        _ => Slipway.Api.JobState.Failed,
    };

    /// <summary>An input for a person: <c>training:/* × attributes:/</c>.</summary>
    private static string Describe(InputSpec input) => input switch
    {
        RepoInput repo => $"{repo.Repo}{(repo.Branch.ToString() == "master" ? "" : "@" + repo.Branch)}:{repo.Glob}",
        CrossInput cross => string.Join(" × ", cross.Members.Select(Nested)),
        UnionInput union => string.Join(" ∪ ", union.Members.Select(Nested)),
        _ => "",
    };

    private static string Nested(InputSpec input) => input is RepoInput ? Describe(input) : $"({Describe(input)})";
}
