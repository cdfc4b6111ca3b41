using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Pipelines.Lineages;

namespace Slipway.Pipelines.Tests.Lineages;

public sealed class LineageReaderTests : IAsyncLifetime
{
    private readonly World _world = new();

    public async Task InitializeAsync()
    {
        await _world.RepoAsync("training");
        await _world.RepoAsync("attributes");
        _world.Scheduler.Start();
        await _world.PipelineAsync("model", World.Pfs("training", "/"));
        await _world.PipelineAsync("inference", World.Cross(World.Pfs("attributes"), World.Pfs("model", "/")));
        await _world.PutAsync("training", ("/iris.csv", "flowers"));
        await _world.PutAsync("attributes", ("/test1.csv", "1"), ("/test2.csv", "2"));
        await _world.IdleAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_file_is_walked_back_to_the_data_that_people_put()
    {
        Lineage lineage = await ReadAsync("inference@master:/test1.csv+all");

        LineageJob job = lineage.Job!;
        Assert.Null(lineage.Put);
        Assert.Equal(("image", World.Image("image").Manifest, "sha256:dockerfile"), (job.ImageName, job.Image, job.ImageFacts!.DockerfileDigest));
        Assert.Equal(["run", "inference"], job.Command.AsEnumerable());
        Assert.Equal((1, "commit attributes@master"), (job.Version, job.Cause));
        LineageDatum datum = Assert.Single(job.Datums);
        Assert.Equal(job.Id, datum.RanIn);
        Assert.Equal(["attributes:/test1.csv", "model:/"], datum.Inputs.Select(i => $"{i.Name}:{i.Source.Path}"));
        Assert.Equal("tester", datum.Inputs[0].Source.Put!.Author);

        LineageDatum trained = Assert.Single(datum.Inputs[1].Source.Job!.Datums);
        Lineage training = Assert.Single(trained.Inputs).Source;
        Assert.Equal(("training", "/", "tester"), (training.Repo.ToString(), training.Path.ToString(), training.Put!.Author));
        Assert.Empty(lineage.Unknown);
    }

    [Fact]
    public async Task A_skipped_datum_names_the_job_that_ran_it()
    {
        GlobalId first = (await _world.LastJobAsync("inference")).Id.GlobalId;
        await _world.PutAsync("attributes", ("/test3.csv", "3"));
        await _world.IdleAsync();

        LineageDatum datum = Assert.Single((await ReadAsync("inference@master:/test1.csv+all")).Job!.Datums);
        Assert.Equal(first, datum.RanIn.GlobalId);
        Assert.NotEqual(first, (await _world.LastJobAsync("inference")).Id.GlobalId);
    }

    [Fact]
    public async Task A_whole_commit_has_all_of_its_datums()
    {
        Lineage lineage = await ReadAsync("inference@master");
        Assert.Equal(2, lineage.Job!.Datums.Length);
        Assert.Same(lineage.Job.Datums[0].Inputs[1].Source, lineage.Job.Datums[1].Inputs[1].Source);
    }

    [Fact]
    public async Task What_is_not_known_is_said()
    {
        var forgetful = new LineageReader(_world.Commits, _world.Contents, _world.Jobs, _world.Pipelines, (_, _) => ValueTask.FromResult<ImageFacts?>(null));
        Lineage lineage = await forgetful.ReadAsync(CommitReference.Parse("model@master:/all"), _world.Patience);
        Assert.Contains("is not stored any more", Assert.Single(lineage.Unknown), StringComparison.Ordinal);

        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync("model@master:/nothing"));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    private async Task<Lineage> ReadAsync(string reference)
    {
        var reader = new LineageReader(
            _world.Commits, _world.Contents, _world.Jobs, _world.Pipelines, (_, _) => ValueTask.FromResult<ImageFacts?>(new ImageFacts("sha256:dockerfile", null, null)));
        return await reader.ReadAsync(CommitReference.Parse(reference), _world.Patience);
    }
}
