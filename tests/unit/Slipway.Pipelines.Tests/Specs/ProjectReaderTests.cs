using Slipway.Content;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Tests.Specs;

public sealed class ProjectReaderTests
{
    private const string Iris = """
        project: iris
        description: flowers
        repos:
          training: measured flowers
          attributes:
            description: flowers to name
        data:
          - {to: "training@master:/iris.csv", from: ./data/iris.csv}
          - to: attributes
            from: data/attributes/
        stages:
          inference:
            build: {context: infer, dockerfile: Dockerfile.cpu, args: {PYTHON: 3.11}, target: final}
            input: {attributes: /*, model: /}
            cmd: [python3, /code/infer.py]
            parallelism: 2
            datum_timeout: 1m
          model:
            build: ./train
            input:
              pfs: {repo: training, glob: /}
            stdin: |
              one
              two
            env: {SEED: 1}
          check:
            image: python:3.11-sklearn
            input: {"inference@dev": "/*"}
        """;

    [Fact]
    public void A_project_is_read_and_its_stages_stand_after_those_they_read()
    {
        ProjectFile project = ProjectReader.Read(Iris, "slipway.yaml");

        Assert.Equal(("iris", "flowers"), (project.Name, project.Description));
        Assert.Equal(["training: measured flowers", "attributes: flowers to name"], project.Repos.Select(r => $"{r.Name}: {r.Description}"));
        Assert.Equal(
            ["training@master:/iris.csv < data/iris.csv", "attributes@master:/ < data/attributes"],
            project.Data.Select(d => $"{d.Repo}@{d.Branch}:{d.Path} < {d.From}"));
        Assert.Equal(["model", "inference", "check"], project.Stages.Select(s => s.Name));

        ProjectStage model = project.Stages[0];
        Assert.Equal(("train", "Dockerfile", (string?)null), (model.Build!.Context, model.Build.Dockerfile, model.Build.Target));
        Assert.Equal("iris/model", model.Pipeline.Transform.Image);
        Assert.Equal(["one", "two"], model.Pipeline.Transform.Stdin.AsEnumerable());

        ProjectStage inference = project.Stages[1];
        Assert.Equal(("infer", "Dockerfile.cpu", "final"), (inference.Build!.Context, inference.Build.Dockerfile, inference.Build.Target));
        Assert.Equal("PYTHON=3.11", Assert.Single(inference.Build.Arguments).ToString());
        Assert.Equal(
            """{"cross":[{"pfs":{"project":"default","repo":"attributes","branch":"master","glob":"/*","name":"attributes"}},{"pfs":{"project":"default","repo":"model","branch":"master","glob":"/","name":"model"}}]}""",
            SpecWriter.Write(inference.Pipeline).Split("\"input\":")[1].Split(",\"parallelism_spec\"")[0]);
        Assert.Equal((2, TimeSpan.FromMinutes(1)), (inference.Pipeline.Parallelism.Constant, inference.Pipeline.DatumTimeout));

        Assert.Null(project.Stages[2].Build);
        Assert.Equal("python:3.11-sklearn", project.Stages[2].Pipeline.Transform.Image);
        Assert.Equal("dev", project.Stages[2].Pipeline.Input.Leaves().Single().Branch.ToString());
    }

    [Theory]
    [InlineData("stages: {}\n", "p.yaml:1:1: project: missing")]
    [InlineData("project: Iris\n", "project: the text 'Iris' is no name")]
    [InlineData("project: x\nstages:\n  s: {input: {r: /}}\n", "p.yaml:3:3: stages.s: needs build: and its folder, or image: and its name")]
    [InlineData("project: x\nstages:\n  s: {build: s, image: i, input: {r: /}}\n", "needs one of build and image, not both")]
    [InlineData("project: x\nstages:\n  s: {build: ../s, input: {r: /}}\n", "stages.s.build: '../s' must be a path below the project's folder")]
    [InlineData("project: x\ndata: [{to: r, from: /etc/shadow}]\n", "data[0].from: '/etc/shadow' must be a path below")]
    [InlineData("project: x\ndata: [{to: 'r@master~1:/a', from: a}]\n", "data[0].to: 'master~1' is not the name of a branch")]
    [InlineData("project: x\nstages:\n  a: {image: i, input: {b: /}}\n  b: {image: i, input: {a: /}}\n", "the stages a, b read one another in a circle")]
    [InlineData("project: x\nstages:\n  a: {image: i, input: {b: /}, parallelism_spec: {constent: 2}}\n", "stages.a.parallelism_spec.constent: unknown field; did you mean 'constant'?")]
    [InlineData("project: x\nrepos: [a]\nstages:\n  a: {image: i, input: {b: /}}\n", "repos.a: 'a' is a stage")]
    [InlineData("project: x\nrepos: [a, a]\n", "repos[1]: the repo 'a' is written twice")]
    [InlineData("project: x\nstage: {}\n", "p.yaml:2:1: stage: unknown field; did you mean 'stages'?")]
    [InlineData("project: x\n---\nproject: y\n", "a project file holds one document, found 2")]
    public void What_is_wrong_is_named(string text, string message)
    {
        SlipwayException error = Assert.Throws<SlipwayException>(() => { ProjectReader.Read(text, "p.yaml"); });
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
