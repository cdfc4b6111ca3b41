using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Data.Commits;
using Slipway.Pipelines.Lineages;

namespace Slipway.Daemon.Api;

/// <summary>Where a file comes from, as a tree that ends at what people put.</summary>
internal sealed class LineageDoor(LineageReader lineage)
{
    public void Map(WebApplication app) => app.MapGet(Routes.Lineage, ReadAsync);

    private async Task ReadAsync(HttpContext http)
    {
        Lineage read = await lineage.ReadAsync(CommitReference.Parse(Ask.Query(http, "at")), http.RequestAborted);
        await Answer.JsonAsync(http, File(read, []), ApiJson.Default.LineageFile);
    }

    /// <summary>An entry and its ancestry; what was told already is only named.</summary>
    private static LineageFile File(Lineage read, HashSet<(string Repo, string Commit, string Path)> told)
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
        };
        bool again = !told.Add((file.Repo, file.Commit, file.Path));
        return read.Job is not { } job ? file
            : again ? file with { SeeAbove = true }
            : file with { MadeBy = [.. job.Datums.Select(datum => Datum(job, datum, told))] };
    }

    private static Slipway.Api.LineageDatum Datum(LineageJob job, Pipelines.Lineages.LineageDatum datum, HashSet<(string Repo, string Commit, string Path)> told) => new()
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
        Inputs = [.. datum.Inputs.Select(input => File(input.Source, told))],
    };
}
