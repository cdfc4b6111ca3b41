using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Tests.Jobs;

public sealed class ContractEnvironmentTests
{
    private static readonly GlobalId Id = GlobalId.Parse("0123456789abcdef0123456789abcdef");

    [Fact]
    public void A_command_finds_its_inputs_its_job_and_its_own_variables()
    {
        var datum = new Datum(new DatumId(Digest.Of("d")), [Input("model", "/"), Input("attributes", "/dir/a.csv")]);
        ImmutableArray<string> environment = ContractEnvironment.For(
            JobId.Parse($"iris/infer@{Id}"), datum, [new EnvironmentVariable("SEED", "1"), new EnvironmentVariable("PACH_JOB_ID", "mine")]);

        Assert.Equal("SEED=1", environment[0]);
        string[] expected =
        [
            $"PACH_JOB_ID={Id}", $"SLIPWAY_JOB_ID={Id}", $"PACH_OUTPUT_COMMIT_ID={Id}", $"PACH_DATUM_ID={datum.Id}", $"SLIPWAY_DATUM_ID={datum.Id}",
            "PACH_PIPELINE_NAME=infer", "SLIPWAY_PIPELINE_NAME=infer", "PPS_PIPELINE_NAME=infer", "PACH_PROJECT_NAME=iris", $"SLIPWAY_JOB=iris/infer@{Id}",
            "model=/pfs/model", $"model_COMMIT={Id}", "attributes=/pfs/attributes/dir/a.csv", $"attributes_COMMIT={Id}",
        ];
        Assert.All(expected, variable => Assert.Contains(variable, environment));
        Assert.Equal(environment.Length, environment.Select(variable => variable.Split('=')[0]).Distinct().Count());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a b@0123456789abcdef0123456789abcdef")]
    [InlineData("p@0123")]
    [InlineData("p@q@0123456789abcdef0123456789abcdef")]
    public void What_is_no_job_is_refused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => { JobId.Parse(text); }).Kind);

    [Fact]
    public void The_default_project_is_none() => Assert.Equal(PipelineName.Parse("p"), PipelineName.Parse("default/p"));

    private static DatumInput Input(string name, string path) => new()
    {
        Name = name,
        Repo = RepoName.Parse(name),
        Branch = BranchName.Master,
        Commit = Id,
        Tree = Digest.Of("t"),
        Path = DataPath.Parse(path),
        Kind = EntryKind.File,
        Digest = Digest.Of(path),
    };
}
