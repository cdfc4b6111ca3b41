using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Story;

/// <summary>The examples that a new user tries first, with real Python, brought up by <c>slipway up</c> twice.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Iris_predicts_species_and_a_second_up_changes_nothing()
    {
        await using SlipwayBinary slipway = await UpTwiceAsync("iris", "python:3.11-sklearn", ["pre-process", "train", "inference"]);

        string predictions = await slipway.CatAsync("inference@master:/test1.csv");
        Assert.Equal(["species", "setosa", "versicolor", "virginica", "setosa", "versicolor"],
            predictions.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')[4]));
        Assert.Contains("\"accuracy\": 1.0", await slipway.CatAsync("train@master:/metrics.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cameras_sorts_detects_judges_and_draws()
    {
        await using SlipwayBinary slipway = await UpTwiceAsync("cameras", "python:3.11-vision", ["validate", "detect", "threats", "plot"]);

        Assert.Equal(["/invalid/driveway/0846.txt", "/invalid/front-door/0731.txt", "/invalid/garden/0331.txt", "/invalid/garden/0901.txt"],
            (await slipway.FilesAsync("validate@master:/")).Where(path => path.StartsWith("/invalid", StringComparison.Ordinal)));
        Assert.Contains("\"vehicle\"", await slipway.CatAsync("detect@master:/driveway/0215.json"), StringComparison.Ordinal);
        Assert.Equal(["/alice/driveway-0215.png", "/alice/front-door-1215.png", "/alice/front-door-1216.png", "/alice/front-door-2340.png", "/alice/garden-0330.png",
            "/alice/summary.svg", "/bob/driveway-0215.png", "/bob/garden-0330.png", "/bob/garden-0900.png", "/bob/summary.svg"],
            await slipway.FilesAsync("plot@master:/"));
        Assert.Contains("alice: 5 to look at", await slipway.CatAsync("plot@master:/alice/summary.svg"), StringComparison.Ordinal);
    }

    private static async Task<SlipwayBinary> UpTwiceAsync(string example, string baseImage, string[] pipelines)
    {
        string tar = await BaseImage.TarAsync(baseImage);
        SlipwayBinary slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        try
        {
            await slipway.RunAsync("image", "import", tar, baseImage);
            await slipway.RunAsync("up", RepositoryRoot.At("examples", example));
            foreach (string pipeline in pipelines)
            {
                JobInfo job = await slipway.LastJobAsync(pipeline);
                Assert.True(job.State == JobState.Succeeded, $"{pipeline}: {job.State} {job.Error}");
            }

            int jobs = (await slipway.JobsAsync(pipelines[^1])).Count;
            await slipway.RunAsync("up", RepositoryRoot.At("examples", example));
            Assert.Equal(jobs, (await slipway.JobsAsync(pipelines[^1])).Count);
            return slipway;
        }
        catch
        {
            await slipway.DisposeAsync();
            throw;
        }
    }
}
