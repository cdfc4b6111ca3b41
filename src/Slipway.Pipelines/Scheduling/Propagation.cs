using System.Collections.Immutable;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Scheduling;

/// <summary>
/// Makes the jobs that follow from moved heads or from a change of a pipeline, in the very transaction that records it: for every pipeline
/// downstream one open output commit of the same global id. So what is caused by a commit is known from that moment on, a diamond runs
/// its sink once, and a crash leaves either all of it or nothing.
/// </summary>
public sealed class Propagation(CommitStore commits, TimeProvider time) : ICommitHook
{
    /// <summary>Heads that people moved start the jobs downstream, all under one global id.</summary>
    public async ValueTask HeadsMovedAsync(IMetadataTransaction transaction, HeadMoves moves, CancellationToken cancellationToken)
    {
        var wave = new Wave(moves.Id, moves.Cause, []);
        foreach (Branch branch in moves.Branches)
        {
            if (branch.Head is { } head)
            {
                wave.Moved[(branch.Repo, branch.Name)] = head;
            }
        }

        await DownstreamAsync(transaction, wave, cancellationToken);
    }

    /// <summary>The pipelines that read or write a branch, or any branch of a repo.</summary>
    public async ValueTask<IReadOnlyList<BranchUse>> UsesAsync(
        IMetadataReader reader, RepoName repo, BranchName? branch, CancellationToken cancellationToken)
    {
        List<BranchUse> uses = [];
        foreach (Pipeline pipeline in await PipelineTables.ListAsync(reader, cancellationToken))
        {
            string name = pipeline.Name.ToString();
            if (pipeline.Name.Repo == repo && (branch is null || branch == pipeline.Spec.OutputBranch))
            {
                uses.Add(new BranchUse(name, Writes: true));
            }

            if (pipeline.Spec.Input.Leaves().Any(leaf => leaf.Repo == repo && (branch is null || branch == leaf.Branch)))
            {
                uses.Add(new BranchUse(name, Writes: false));
            }
        }

        return uses;
    }

    /// <summary>
    /// Starts a job of a pipeline that was created or changed, under a new global id, and those downstream of it.
    /// </summary>
    /// <returns>The pipeline's own job; null where none of its inputs has a commit yet: the first will start it.</returns>
    public async ValueTask<JobId?> PipelineChangedAsync(
        IMetadataTransaction transaction, Pipeline pipeline, string cause, bool reprocess, CancellationToken cancellationToken)
    {
        var wave = new Wave(GlobalId.New(time), cause, []);
        if (await StartAsync(transaction, wave, pipeline, reprocess, cancellationToken) is not { } job)
        {
            return null;
        }

        wave.Moved[(pipeline.Name.Repo, pipeline.Spec.OutputBranch)] = wave.Id;
        await DownstreamAsync(transaction, wave, cancellationToken);
        return job;
    }

    private async ValueTask DownstreamAsync(IMetadataTransaction transaction, Wave wave, CancellationToken cancellationToken)
    {
        IReadOnlyList<Pipeline> pipelines = await PipelineTables.ListAsync(transaction, cancellationToken);
        foreach (Pipeline pipeline in PipelineGraph.InOrder(pipelines, p => p.Spec))
        {
            if (pipeline.Spec.Input.Leaves().Any(leaf => wave.Moved.ContainsKey((leaf.Repo, leaf.Branch)))
                && await StartAsync(transaction, wave, pipeline, reprocess: false, cancellationToken) is not null)
            {
                wave.Moved[(pipeline.Name.Repo, pipeline.Spec.OutputBranch)] = wave.Id;
            }
        }
    }

    private async ValueTask<JobId?> StartAsync(
        IMetadataTransaction transaction, Wave wave, Pipeline pipeline, bool reprocess, CancellationToken cancellationToken)
    {
        ImmutableArray<ProvenanceLink>.Builder links = ImmutableArray.CreateBuilder<ProvenanceLink>();
        foreach (RepoInput leaf in pipeline.Spec.Input.Leaves())
        {
            if (await CommitToReadAsync(transaction, wave, leaf, cancellationToken) is { } commit)
            {
                var link = new ProvenanceLink(leaf.Name, leaf.Repo, leaf.Branch, commit);
                if (!links.Contains(link))
                {
                    links.Add(link);
                }
            }
        }

        if (links.Count == 0)
        {
            return null;
        }

        var id = new JobId(pipeline.Name, wave.Id);
        string message = $"job {id}, version {pipeline.Version}: {wave.Cause}";
        await commits.StartOutputAsync(
            transaction, pipeline.Name.Repo, pipeline.Spec.OutputBranch, wave.Id, links.ToImmutable(), message, cancellationToken);
        var job = new Job
        {
            Id = id,
            Sequence = 0,
            Version = pipeline.Version,
            OutputBranch = pipeline.Spec.OutputBranch,
            Cause = wave.Cause,
            Reprocess = reprocess,
            Created = time.GetUtcNow(),
        };
        await JobTables.AddAsync(transaction, job, cancellationToken);
        return id;
    }

    // What this wave has moved; else what an earlier job is about to finish there; else the head; else nothing: an empty input.
    private async ValueTask<GlobalId?> CommitToReadAsync(IMetadataTransaction transaction, Wave wave, RepoInput leaf, CancellationToken cancellationToken)
    {
        if (wave.Moved.TryGetValue((leaf.Repo, leaf.Branch), out GlobalId moved))
        {
            return moved;
        }

        IReadOnlyList<Job> open = await JobTables.ListOpenAsync(transaction, cancellationToken);
        Job? pending = open.LastOrDefault(job => job.Id.Pipeline.Repo == leaf.Repo && job.OutputBranch == leaf.Branch);
        return pending?.Id.GlobalId ?? (await commits.HeadAsync(transaction, leaf.Repo, leaf.Branch, cancellationToken))?.GlobalId;
    }

    // One global id on its way downstream: what it has moved so far, and to which commits.
    private sealed record Wave(GlobalId Id, string Cause, Dictionary<(RepoName Repo, BranchName Branch), GlobalId> Moved);
}
