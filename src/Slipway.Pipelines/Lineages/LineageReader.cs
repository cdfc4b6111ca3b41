using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Lineages;

/// <summary>Walks from an entry of a commit back to the data that people put, through the datums, jobs and images that made it.</summary>
/// <param name="imageFacts">Asks for what is known of an image by its manifest's digest; null where it is not stored.</param>
public sealed class LineageReader(
    CommitStore commits, RepoContents contents, JobStore jobs, PipelineStore pipelines, Func<Digest, CancellationToken, ValueTask<ImageFacts?>> imageFacts)
{
    private const int MostDatums = 100;
    private const int Deepest = 100;
    private readonly CommitStore _commits = commits;
    private readonly RepoContents _contents = contents;
    private readonly JobStore _jobs = jobs;
    private readonly PipelineStore _pipelines = pipelines;
    private readonly Func<Digest, CancellationToken, ValueTask<ImageFacts?>> _imageFacts = imageFacts;


    /// <summary>The lineage of an entry; without a path, of the whole commit.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no such commit or path; <see cref="ErrorKind.FailedPrecondition"/>: the commit is open.</exception>
    public async ValueTask<Lineage> ReadAsync(CommitReference reference, CancellationToken cancellationToken)
    {
        Commit commit = await _commits.ResolveAsync(reference, cancellationToken);
        DataPath path = reference.Path ?? DataPath.Root;
        commit.ThrowIfDropped();
        if (commit.Tree is not { } tree)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"commit {commit.Reference} is not finished, so nothing can be said of its files", $"slipway wait {commit.GlobalId}");
        }

        TreeEntry entry = await _contents.Of(commit.Repo).Trees.FindAsync(tree, path, cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"{commit.Reference} has no {path}", $"slipway ls {commit.Reference} shows what it has.");
        return await new Walk(this).ReadAsync(commit, path, entry, 0, cancellationToken);
    }

    // One request: what was read once is not read again, since inputs of many datums are often the same.
    private sealed class Walk(LineageReader reader)
    {
        private readonly Dictionary<(RepoName Repo, GlobalId Commit, DataPath Path), Lineage> _known = [];

        public async ValueTask<Lineage> ReadAsync(Commit commit, DataPath path, TreeEntry entry, int depth, CancellationToken cancellationToken)
        {
            if (_known.TryGetValue((commit.Repo, commit.GlobalId, path), out Lineage? known))
            {
                return known;
            }

            var lineage = new Lineage
            {
                Repo = commit.Repo,
                Branch = commit.Branch,
                Commit = commit.GlobalId,
                CommitId = commit.Id,
                Path = path,
                Kind = entry.Kind,
                Digest = entry.Digest,
                Size = entry.Size,
            };
            lineage = commit.Origin == CommitOrigin.User
                ? lineage with { Put = new LineagePut(commit.Author, commit.Message, commit.Finished) }
                : await MadeByAsync(lineage, commit, depth, cancellationToken);
            _known[(commit.Repo, commit.GlobalId, path)] = lineage;
            return lineage;
        }

        private async ValueTask<Lineage> MadeByAsync(Lineage lineage, Commit commit, int depth, CancellationToken cancellationToken)
        {
            if (depth >= Deepest)
            {
                return lineage with { Unknown = [$"the walk stops here, {Deepest} pipelines deep"] };
            }

            if (!PipelineName.TryParse(commit.Repo.ToString(), out PipelineName name)
                || await reader._jobs.FindAsync(new JobId(name, commit.GlobalId), cancellationToken) is not { } job
                || await reader._pipelines.FindVersionAsync(name, job.Version, cancellationToken) is not { } pipeline)
            {
                return lineage with { Unknown = [$"the records of the job that made {commit.Reference} were deleted"] };
            }

            List<string> unknown = [];
            ImageFacts? facts = await reader._imageFacts(pipeline.Image.Manifest, cancellationToken);
            if (facts?.DockerfileDigest is null)
            {
                string what = facts is null ? "is not stored any more" : "does not say which Dockerfile it was built from";
                unknown.Add($"image {pipeline.Spec.Transform.Image} ({pipeline.Image.Manifest.Short}) {what}");
            }

            ImmutableArray<LineageDatum> datums = await DatumsAsync(job, lineage.Path, unknown, depth, cancellationToken);
            return lineage with
            {
                Unknown = [.. unknown],
                Job = new LineageJob
                {
                    Id = job.Id,
                    Cause = job.Cause,
                    Version = job.Version,
                    ImageName = pipeline.Spec.Transform.Image,
                    Image = pipeline.Image.Manifest,
                    ImageFacts = facts,
                    Command = pipeline.Spec.Transform.Command,
                    Datums = datums,
                },
            };
        }

        private async ValueTask<ImmutableArray<LineageDatum>> DatumsAsync(
            Job job, DataPath path, List<string> unknown, int depth, CancellationToken cancellationToken)
        {
            var writers = new List<DatumResult>();
            int more = 0;
            foreach (DatumResult datum in await reader._jobs.ListDatumsAsync(job.Id, cancellationToken))
            {
                if (datum.OutputTree is not { } tree || await reader._contents.Of(job.Id.Pipeline.Repo).Trees.FindAsync(tree, path, cancellationToken) is null)
                {
                    continue;
                }

                more += writers.Count < MostDatums ? 0 : 1;
                if (writers.Count < MostDatums)
                {
                    writers.Add(datum);
                }
            }

            if (more > 0)
            {
                unknown.Add($"{more} more datums wrote below {path} and are not shown; ask for a file");
            }
            else if (writers.Count == 0)
            {
                unknown.Add($"no datum of job {job.Id} is recorded to have written {path}");
            }

            ImmutableArray<LineageDatum>.Builder datums = ImmutableArray.CreateBuilder<LineageDatum>(writers.Count);
            foreach (DatumResult writer in writers)
            {
                datums.Add(new LineageDatum(writer.Id, writer.Key, writer.RanIn, writer.Log, await InputsAsync(writer, depth, cancellationToken)));
            }

            return datums.ToImmutable();
        }

        private async ValueTask<ImmutableArray<LineageInput>> InputsAsync(DatumResult datum, int depth, CancellationToken cancellationToken)
        {
            ImmutableArray<LineageInput>.Builder inputs = ImmutableArray.CreateBuilder<LineageInput>();
            foreach (DatumResultInput input in datum.Inputs)
            {
                inputs.Add(new LineageInput(input.Name, await SourceAsync(input, depth, cancellationToken)));
            }

            return inputs.ToImmutable();
        }

        private async ValueTask<Lineage> SourceAsync(DatumResultInput input, int depth, CancellationToken cancellationToken)
        {
            Commit? commit = await reader._commits.FindAsync(input.Repo, input.Commit, cancellationToken);
            TreeEntry? entry = commit?.Tree is { } tree ? await reader._contents.Of(input.Repo).Trees.FindAsync(tree, input.Path, cancellationToken) : null;
            if (commit is not null && entry is not null)
            {
                return await ReadAsync(commit, input.Path, entry, depth + 1, cancellationToken);
            }

            return new Lineage
            {
                Repo = input.Repo,
                Branch = input.Branch,
                Commit = input.Commit,
                Path = input.Path,
                Kind = input.Kind,
                Digest = input.Digest,
                Size = 0,
                Unknown = [$"commit {input.Repo}@{input.Commit}, which was read, was deleted; the digest of what was read is {input.Digest}"],
            };
        }
    }
}
