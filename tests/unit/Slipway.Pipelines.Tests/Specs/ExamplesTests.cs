using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Tests.Specs;

/// <summary>What the repository shows to people is read as it stands, and the two ways to write an example say the same.</summary>
public sealed class ExamplesTests
{
    [Fact]
    public void Every_example_is_read_without_a_warning()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Root(), "examples"), "slipway.yaml", SearchOption.AllDirectories)];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            ProjectFile project = ProjectReader.Read(File.ReadAllText(file), file);
            Assert.All(project.Stages, stage => Assert.Empty(stage.Pipeline.Warnings));
            foreach (string json in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.json"))
            {
                PipelineSpec spec = Assert.Single(SpecReader.Read(File.ReadAllText(json), json));
                Assert.Contains(project.Stages, stage => stage.Pipeline.Name == spec.Name);
            }
        }
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Slipway.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests run outside of the repository");
        }

        return folder;
    }
}
