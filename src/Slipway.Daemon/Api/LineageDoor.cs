using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Pipelines.Lineages;

namespace Slipway.Daemon.Api;

/// <summary>Where a file comes from, as a tree that ends at what people put.</summary>
internal sealed class LineageDoor(LineageReader lineage, RepoContents contents)
{
    private const int MostFiles = 20;

    public void Map(WebApplication app) => app.MapGet(Routes.Lineage, ReadAsync);

    private async Task ReadAsync(HttpContext http)
    {
        Lineage read = await lineage.ReadAsync(CommitReference.Parse(Ask.Query(http, "at")), http.RequestAborted);
        await Answer.JsonAsync(http, await FileAsync(read, [], http.RequestAborted), ApiJson.Default.LineageFile);
    }

    /// <summary>An entry and its ancestry; what was told already is only named.</summary>
    private async Task<LineageFile> FileAsync(Lineage read, HashSet<(string Repo, string Commit, string Path)> told, CancellationToken cancellationToken)
    {
        LineageFile file = new()
        {
            Repo = read.Repo.ToString(),
            Branch = read.Branch.ToString(),
            Commit = read.Commit.ToString(),
            Path = read.Path.ToString(),
            Digest = read.Digest.ToString(),
            Size = read.Size,
            Author = read.Put?.Author,
            Message = read.Put?.Message,
            Time = read.Put?.Finished,
            Unknown = read.Unknown,
            Files = await FilesAsync(read, cancellationToken),
        };
        if (!told.Add((file.Repo, file.Commit, file.Path)))
        {
            return read.Job is null ? file : file with { SeeAbove = true, Files = [] };
        }

        List<Slipway.Api.LineageDatum> madeBy = [];
        foreach (Pipelines.Lineages.LineageDatum datum in read.Job?.Datums ?? [])
        {
            madeBy.Add(await DatumAsync(read.Job!, datum, told, cancellationToken));
        }

        return file with { MadeBy = madeBy };
    }

    /// <summary>What a folder held: its first files, in path order.</summary>
    private async Task<IReadOnlyList<FileEntry>> FilesAsync(Lineage read, CancellationToken cancellationToken) =>
        read.Kind != EntryKind.Directory
            ? []
            : await contents.Of(read.Repo).Trees.WalkAsync(read.Digest, cancellationToken)
                .Take(MostFiles)
                .Select(below => DataWire.Entry(DataWire.Below(read.Path, below.Key), below.Value))
                .ToListAsync(cancellationToken);

    private async Task<Slipway.Api.LineageDatum> DatumAsync(
        LineageJob job, Pipelines.Lineages.LineageDatum datum, HashSet<(string Repo, string Commit, string Path)> told, CancellationToken cancellationToken)
    {
        List<LineageFile> inputs = [];
        foreach (LineageInput input in datum.Inputs)
        {
            inputs.Add(await FileAsync(input.Source, told, cancellationToken));
        }

        return new()
        {
            Datum = datum.Id.ToString(),
            Job = job.Id.ToString(),
            RanIn = datum.RanIn == job.Id ? null : datum.RanIn.ToString(),
            Cause = job.Cause,
            Pipeline = job.Id.Pipeline.ToString(),
            PipelineVersion = job.Version,
            Command = job.Command,
            Image = job.ImageName,
            ImageDigest = job.Image.ToString(),
            DockerfileDigest = job.ImageFacts?.DockerfileDigest,
            ContextDigest = job.ImageFacts?.ContextDigest,
            Revision = job.ImageFacts?.Revision,
            Inputs = inputs,
        };
    }
}
