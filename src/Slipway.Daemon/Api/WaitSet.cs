using System.Collections.Immutable;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Scheduling;

namespace Slipway.Daemon.Api;

/// <summary>
/// The global ids that one wait waits for. A person who waits for a branch means "until its results are there": a pipeline that was created over
/// finished commits began work under ids of its own, and what runs upstream of an output will come down to it. So a branch stands for its head
/// and, one after another, for whatever is open among the pipelines above and below its repo; and in the end for the newest results that
/// were made of its head, so that a failure that came before we asked is told too. A commit that is named by itself stands for itself.
/// </summary>
internal sealed class WaitSet(RepoName? around, CommitStore commits, JobStore jobs, PipelineStore pipelines, Scheduler scheduler)
{
    private ImmutableArray<GlobalId> _ids = [];

    /// <summary>What was waited for so far; the last one may still be open.</summary>
    public IReadOnlyList<GlobalId> Ids => _ids;

    /// <summary>Reads what a client asks to wait for: a global id, or <c>repo@revision</c>.</summary>
    /// <exception cref="Content.SlipwayException"><see cref="Content.ErrorKind.NotFound"/>: there is no such commit, and nothing on the way to it.</exception>
    public static async Task<WaitSet> OfAsync(
        string text, CommitStore commits, JobStore jobs, PipelineStore pipelines, Scheduler scheduler, CancellationToken cancellationToken)
    {
        if (GlobalId.TryParse(text, out GlobalId id))
        {
            return new WaitSet(null, commits, jobs, pipelines, scheduler) { _ids = [id] };
        }

        CommitReference reference = CommitReference.Parse(text);
        if (BranchName.TryParse(reference.Revision, out BranchName branch))
        {
            WaitSet set = new(reference.Repo, commits, jobs, pipelines, scheduler);
            GlobalId? first = (await commits.HeadAsync(reference.Repo, branch, cancellationToken))?.GlobalId ?? await set.FindOpenAsync(cancellationToken);
            if (first is { } known)
            {
                set._ids = [known];
                return set;
            }
        }

        Commit commit = await commits.ResolveAsync(reference, cancellationToken);
        return new WaitSet(null, commits, jobs, pipelines, scheduler) { _ids = [commit.GlobalId] };
    }

    /// <summary>Completes when nothing more will happen.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await scheduler.WaitAsync(_ids[^1], cancellationToken);
        while (await FindOpenAsync(cancellationToken) is { } open)
        {
            _ids = _ids.Add(open);
            await scheduler.WaitAsync(open, cancellationToken);
        }

        await AddResultsAsync(cancellationToken);
    }

    // A result is built on the head when its provenance names it, or names another result that is.
    private async Task AddResultsAsync(CancellationToken cancellationToken)
    {
        if (around is not { } repo)
        {
            return;
        }

        HashSet<(RepoName, GlobalId)> built = [(repo, _ids[0])];
        foreach (Pipeline pipeline in Below(repo, await pipelines.ListAsync(cancellationToken)))
        {
            RepoName output = pipeline.Name.Repo;
            if (await jobs.ListAsync(pipeline.Name, cancellationToken, limit: 1) is [Job newest] &&
                await commits.FindAsync(output, newest.Id.GlobalId, cancellationToken) is { } commit &&
                commit.Provenance.Any(link => built.Contains((link.Repo, link.Commit))))
            {
                built.Add((output, newest.Id.GlobalId));
                _ids = _ids.Contains(newest.Id.GlobalId) ? _ids : _ids.Add(newest.Id.GlobalId);
            }
        }
    }

    private async ValueTask<GlobalId?> FindOpenAsync(CancellationToken cancellationToken)
    {
        if (around is not { } repo || await jobs.ListOpenAsync(cancellationToken) is not { Count: > 0 } open)
        {
            return null;
        }

        IReadOnlyList<Pipeline> upstreamFirst = await pipelines.ListAsync(cancellationToken);
        HashSet<RepoName> below = [repo, .. Below(repo, upstreamFirst).Select(pipeline => pipeline.Name.Repo)];
        HashSet<RepoName> above = [repo];
        foreach (Pipeline pipeline in upstreamFirst.Reverse().Where(pipeline => above.Contains(pipeline.Name.Repo)))
        {
            above.UnionWith(pipeline.Spec.Input.Leaves().Select(leaf => leaf.Repo));
        }

        return open.FirstOrDefault(job => below.Contains(job.Id.Pipeline.Repo) || above.Contains(job.Id.Pipeline.Repo))?.Id.GlobalId;
    }

    // The pipelines that read the repo, or what comes of it, upstream first.
    private static List<Pipeline> Below(RepoName repo, IReadOnlyList<Pipeline> upstreamFirst)
    {
        HashSet<RepoName> reached = [repo];
        List<Pipeline> below = [];
        foreach (Pipeline pipeline in upstreamFirst.Where(pipeline => pipeline.Spec.Input.Leaves().Any(leaf => reached.Contains(leaf.Repo))))
        {
            reached.Add(pipeline.Name.Repo);
            below.Add(pipeline);
        }

        return below;
    }
}
