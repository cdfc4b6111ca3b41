using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Story;

/// <summary>
/// The main job as a person lives it: build, put, run, add, change, put back, ask why. Busybox stands in for Python, so that it takes seconds;
/// <see cref="ExampleTests"/> does the same with the real model.
/// </summary>
public sealed class MainJobTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Fact]
    public async Task From_an_empty_home_to_explained_results()
    {
        await BuildTwiceAsync();
        await _slipway.RunAsync("repo", "create", "training");
        await _slipway.RunAsync("repo", "create", "attributes");
        await _slipway.PutAsync("training@master:/iris.csv", "5\n3\n4\n");
        await _slipway.PutAsync("attributes@master:/test1.csv", "10\n");
        await CreatePipelinesAsync();
        Assert.Equal(0, (await _slipway.WaitAsync("attributes@master")).ExitCode);
        Assert.Equal(0, (await _slipway.WaitAsync("training@master")).ExitCode);
        Assert.Equal("10 with 12\n", await _slipway.CatAsync("inference@master:/test1.csv"));

        await SecondFileRunsOneDatumAsync();
        await ChangeRunsEverythingOnceAndBackRunsNothingAsync();
        await LineageLeadsBackAsync();
    }

    private async Task BuildTwiceAsync()
    {
        _slipway.Write("train/Dockerfile", "FROM busybox\nARG WHO=nobody\nENV WHO=$WHO\nWORKDIR /app\nCOPY sum.sh .\nRUN chmod +x sum.sh && echo built > built\nCMD [\"/app/sum.sh\"]\n");
        _slipway.Write("train/sum.sh", "#!/bin/sh -e\nawk '{ s += $1 } END { print s }' /pfs/pre-process/* > /pfs/out/model\necho trained by $WHO\n");
        await _slipway.RunAsync("build", "-t", "toy/train", "--build-arg", "WHO=me", Path.Combine(_slipway.Folder, "train"));
        string first = await _slipway.RunAsync("image", "inspect", "toy/train");

        CommandOutput again = await _slipway.TryAsync("build", "-t", "toy/train", "--build-arg", "WHO=me", Path.Combine(_slipway.Folder, "train"));

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("cached", again.Stdout + again.Stderr, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(first, await _slipway.RunAsync("image", "inspect", "toy/train"));
    }

    private async Task CreatePipelinesAsync()
    {
        await _slipway.CreatePipelineAsync(Script("pre-process", Repo("training", "/"), "cat /pfs/training/* > /pfs/out/clean"));
        await _slipway.CreatePipelineAsync("""
            pipeline: { name: train }
            transform: { image: toy/train, cmd: [/app/sum.sh] }
            input: { atom: { repo: pre-process, glob: / } }
            datum_tries: "2"
            """);
        await _slipway.CreatePipelineAsync(Script("inference", Cross(Repo("attributes"), Repo("train", "/")),
            "for f in /pfs/attributes/*; do echo \"$(cat $f) with $(cat /pfs/train/model)\" > /pfs/out/$(basename $f); done",
            """{ "parallelism_spec": { "constant": 2 } }"""));
    }

    private async Task SecondFileRunsOneDatumAsync()
    {
        await _slipway.PutAsync("attributes@master:/test2.csv", "20\n");
        await _slipway.WaitAsync("attributes@master");

        JobInfo job = await _slipway.LastJobAsync("inference");
        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Equal((2, 1, 1), (job.Counts.Total, job.Counts.Processed, job.Counts.Skipped));
        Assert.Equal("20 with 12\n", await _slipway.CatAsync("inference@master:/test2.csv"));
    }

    private async Task ChangeRunsEverythingOnceAndBackRunsNothingAsync()
    {
        int before = (await _slipway.JobsAsync("inference")).Count;
        await _slipway.PutAsync("training@master:/iris.csv", "5\n3\n5\n");
        await _slipway.WaitAsync("training@master");

        Assert.Equal(before + 1, (await _slipway.JobsAsync("inference")).Count);
        foreach ((string pipeline, int datums) in new[] { ("pre-process", 1), ("train", 1), ("inference", 2) })
        {
            JobInfo ran = await _slipway.LastJobAsync(pipeline);
            Assert.Equal((JobState.Succeeded, (long)datums), (ran.State, ran.Counts.Processed));
        }

        Assert.Equal("10 with 13\n", await _slipway.CatAsync("inference@master:/test1.csv"));

        await _slipway.PutAsync("training@master:/iris.csv", "5\n3\n4\n");
        await _slipway.WaitAsync("training@master");

        foreach (string pipeline in new[] { "pre-process", "train", "inference" })
        {
            JobInfo back = await _slipway.LastJobAsync(pipeline);
            Assert.Equal((JobState.Succeeded, 0L), (back.State, back.Counts.Processed));
        }

        Assert.Equal("10 with 12\n", await _slipway.CatAsync("inference@master:/test1.csv"));
        Assert.Contains("/test1.csv", await _slipway.RunAsync("diff", "inference@master^", "inference@master"), StringComparison.Ordinal);
    }

    private async Task LineageLeadsBackAsync()
    {
        LineageFile file = await _slipway.JsonAsync(ApiJson.Default.LineageFile, "lineage", "inference@master:/test1.csv");

        LineageDatum inference = Assert.Single(file.MadeBy);
        Assert.Equal("inference", inference.Pipeline);
        Assert.Contains(inference.Inputs, input => input is { Repo: "attributes", Path: "/test1.csv", MadeBy.Count: 0 });
        LineageDatum train = Assert.Single(inference.Inputs.Single(input => input.Repo == "train").MadeBy);
        Assert.Equal("toy/train", train.Image);
        Assert.StartsWith("sha256:", train.ImageDigest, StringComparison.Ordinal);
        Assert.StartsWith("sha256:", train.DockerfileDigest, StringComparison.Ordinal);
        LineageDatum clean = Assert.Single(train.Inputs.Single(input => input.Repo == "pre-process").MadeBy);
        Assert.Contains(clean.Inputs, input => input.Repo == "training" && input.MadeBy.Count == 0);

        Assert.Contains("trained by me", await _slipway.RunAsync("logs", "--job", train.Job), StringComparison.Ordinal);
        Assert.Contains("iris.csv", await _slipway.RunAsync("lineage", "inference@master:/test1.csv") + await _slipway.RunAsync("ls", "training@master:/"), StringComparison.Ordinal);
    }
}
