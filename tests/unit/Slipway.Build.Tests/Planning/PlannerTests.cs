using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Planning;

/// <summary>Which stages run, with which values, and what config results: all without a file.</summary>
public sealed class PlannerTests
{
    private static readonly ImageConfig Base = new() { Env = ["PATH=/bin", "A=base"], Cmd = ["sh"], WorkingDir = "/w", History = [new("t", "base", null, null, false)] };

    [Fact]
    public void Only_the_stages_that_the_target_needs_are_planned()
    {
        BuildPlan plan = Plan("FROM base AS a\nRUN a\nFROM base AS unused\nRUN u\nFROM a AS b\nRUN b\nFROM scratch\nCOPY --from=b /x /\nCOPY --from=0 /y /");

        Assert.Equal(["a", "b", "3"], plan.Stages.Select(stage => stage.Name));
        Assert.Equal(4, plan.StepCount);
        Assert.Equal(new CopyOrigin.FromStage(2), Assert.IsType<CopyStep>(plan.Target.Steps[0]).From);
        Assert.Equal(new CopyOrigin.FromStage(0), Assert.IsType<CopyStep>(plan.Target.Steps[1]).From);
        Assert.Equal(["a"], Plan("FROM base AS a\nRUN a\nFROM base\nRUN b", target: "A").Stages.Select(stage => stage.Name));
    }

    [Fact]
    public void Images_that_only_unneeded_stages_name_are_not_asked_for()
    {
        Dockerfile dockerfile = Dockerfile.Parse("FROM nowhere AS unused\nFROM base\nCOPY --from=other /a /", "Dockerfile");

        Assert.Equal(["base", "other"], Planner.FindMissingImages(dockerfile, Request(), new Dictionary<string, Image>()).Keys.Order());
    }

    [Theory]
    [InlineData("ARG V=1\nFROM base:$V", "base:1")]
    [InlineData("ARG V=1\nARG W=x$V\nFROM base:${W:-no}", "base:x1")]
    [InlineData("ARG V\nFROM base:${V:-d}", "base:d")]
    [InlineData("ARG G=1\nFROM base:$G", "base:given")]
    public void From_sees_the_global_arguments(string text, string expected) =>
        Assert.Equal([expected], Planner.FindMissingImages(Dockerfile.Parse(text, "Dockerfile"), Request(args: ("G", "given")), new Dictionary<string, Image>()).Keys);

    [Theory]
    [InlineData("RUN x", "PATH=/bin A=base")]
    [InlineData("ARG N=1\nRUN x", "PATH=/bin A=base N=1")]
    [InlineData("ARG N\nRUN x", "PATH=/bin A=base")]
    [InlineData("ARG A=arg\nRUN x", "PATH=/bin A=base")]
    [InlineData("ARG G=1\nRUN x", "PATH=/bin A=base G=given")]
    [InlineData("ARG GLOBAL\nRUN x", "PATH=/bin A=base GLOBAL=top")]
    [InlineData("ARG GLOBAL=own\nRUN x", "PATH=/bin A=base GLOBAL=own")]
    [InlineData("ENV A=2 B=$A\nRUN x", "PATH=/bin A=2 B=base")]
    [InlineData("ARG N=1\nENV N=$N-env\nRUN x", "PATH=/bin A=base N=1-env")]
    [InlineData("ENV PATH=/opt:$PATH\nRUN x", "PATH=/opt:/bin A=base")]
    [InlineData("ENV K 'a b'\nRUN x", "PATH=/bin A=base K=a b")]
    [InlineData("ARG TARGETARCH\nRUN x", "PATH=/bin A=base TARGETARCH=amd64")]
    public void A_run_sees_variables_and_arguments(string lines, string expected)
    {
        RunStep run = Assert.IsType<RunStep>(Plan("ARG GLOBAL=top\nFROM base\n" + lines, args: ("G", "given")).Target.Steps.Single());

        Assert.Equal(expected, string.Join(' ', run.Environment));
    }

    [Fact]
    public void Proxies_reach_the_command_and_not_its_identity()
    {
        RunStep run = Assert.IsType<RunStep>(Plan("FROM base\nRUN x", args: ("HTTP_PROXY", "p")).Target.Steps.Single());

        Assert.Equal("HTTP_PROXY=p", run.ProxyEnvironment.Single());
        Assert.DoesNotContain("HTTP_PROXY=p", run.Environment);
    }

    [Theory]
    [InlineData("RUN a b", "/bin/sh|-c|a b")]
    [InlineData("RUN [\"a\",\"b\"]", "a|b")]
    [InlineData("SHELL [\"/bin/bash\",\"-ec\"]\nRUN a", "/bin/bash|-ec|a")]
    [InlineData("RUN <<EOF\na\nb\nEOF", "/bin/sh|-c|a\nb\n")]
    [InlineData("RUN python3 <<EOF\nprint(1)\nEOF", "/bin/sh|-c|python3 <<EOF\nprint(1)\nEOF")]
    [InlineData("RUN <<EOF\n#!/usr/bin/python3\nprint(1)\nEOF", "/dev/pipes/EOF")]
    public void A_run_is_a_command_line(string lines, string expected) =>
        Assert.Equal(expected, string.Join('|', Assert.IsType<RunStep>(Plan("FROM base\n" + lines).Target.Steps.Single()).Arguments));

    [Theory]
    [InlineData("COPY a b", "/w/b")]
    [InlineData("COPY a b/", "/w/b/")]
    [InlineData("COPY a .", "/w/")]
    [InlineData("COPY a /", "/")]
    [InlineData("COPY a ../x", "/x")]
    [InlineData("COPY a /x/./y/..", "/x/")]
    [InlineData("WORKDIR x\nWORKDIR y\nCOPY a b", "/w/x/y/b")]
    [InlineData("ENV D=/d\nCOPY a $D/b", "/d/b")]
    public void A_destination_is_absolute(string lines, string expected) =>
        Assert.Equal(expected, Assert.IsType<CopyStep>(Plan("FROM base\n" + lines).Target.Steps[^1]).Destination);

    [Fact]
    public void The_config_is_what_the_instructions_say()
    {
        ImageConfig config = Plan(
            "FROM base\nENTRYPOINT [\"e\"]\nUSER 1:2\nEXPOSE 80 90-91/udp\nVOLUME /v\nLABEL k=\"v w\"\nSTOPSIGNAL 9\nONBUILD RUN t\nMAINTAINER M\nHEALTHCHECK CMD x",
            labels: ("l", "m")).Target.Config;

        Assert.Equal(["e"], config.Entrypoint!.Value.AsEnumerable());
        Assert.Null(config.Cmd);
        Assert.Equal(["80/tcp", "90/udp", "91/udp"], config.ExposedPorts);
        Assert.Equal(("1:2", "9", "M"), (config.User, config.StopSignal, config.Author));
        Assert.Equal("k=v w l=m", string.Join(' ', config.Labels.Select(label => $"{label.Key}={label.Value}")));
        Assert.Equal(["RUN t"], config.OnBuild.AsEnumerable());
        Assert.Equal("base", config.History[0].CreatedBy);
        Assert.Equal(10, config.History.Length);
        Assert.All(config.History.Skip(1), entry => Assert.True(entry.EmptyLayer));
    }

    [Fact]
    public void A_command_given_before_the_entrypoint_stays() =>
        Assert.Equal(["x"], Plan("FROM base\nCMD [\"x\"]\nENTRYPOINT [\"e\"]").Target.Config.Cmd!.Value.AsEnumerable());

    [Fact]
    public void History_counts_the_layers()
    {
        BuildPlan plan = Plan("FROM base\nRUN a\nENV x=y\nCOPY a b\nWORKDIR /z\nWORKDIR /\nADD c d");

        Assert.Equal(plan.Target.Steps.Length + 1, plan.Target.Config.History.Count(entry => !entry.EmptyLayer));
    }

    [Fact]
    public void Triggers_of_the_base_run_first_and_are_not_inherited()
    {
        Image parent = ImageOf(Base with { OnBuild = ["COPY . /app", "ENV T=1"] });
        BuildPlan plan = Plan("FROM base\nRUN x", images: ("base", parent));

        Assert.IsType<CopyStep>(plan.Target.Steps[0]);
        Assert.Contains("T=1", Assert.IsType<RunStep>(plan.Target.Steps[1]).Environment);
        Assert.Empty(plan.Target.Config.OnBuild);
    }

    [Theory]
    [InlineData("FROM $NONE", "Dockerfile:1: FROM $NONE names no image")]
    [InlineData("FROM base\nCOPY a b c", "Dockerfile:2: with several sources the destination must be a directory (end it with a slash: c/)")]
    [InlineData("FROM base\nCOPY --from=7 a b", "Dockerfile:2: COPY --from=7: there is no stage 7 before stage 0")]
    [InlineData("FROM base\nCOPY --chmod=u+q a b", "--chmod=u+q is not a mode")]
    [InlineData("FROM base\nEXPOSE x", "'x' is not a port")]
    [InlineData("FROM base\nSTOPSIGNAL SIGNOPE", "'SIGNOPE' is not a signal")]
    [InlineData("FROM base\nENV a=${b", "Dockerfile:2:")]
    [InlineData("FROM base\nCOPY a $none", "Dockerfile:2: the destination is empty")]
    [InlineData("FROM --platform=linux/s390x base", "is not this machine's platform")]
    public void A_fault_says_where(string text, string message) =>
        Assert.Contains(message, Assert.Throws<SlipwayException>(() => Plan(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_target_names_those_there_are() =>
        Assert.Contains("stages are a, 1", Assert.Throws<SlipwayException>(() => Plan("FROM base AS a\nFROM base", target: "b")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_argument_that_nothing_declares_is_warned_of() => Assert.Contains("nope", Plan("FROM base\nARG yes", args: ("nope", "1")).Warnings.Single(), StringComparison.Ordinal);

    [Fact]
    public void A_here_document_of_copy_has_its_variables_replaced_unless_quoted()
    {
        CopyStep copy = Assert.IsType<CopyStep>(Plan("FROM base\nCOPY <<a.txt <<'b.txt' /d/\n\"$A\"\na.txt\n$A\nb.txt").Target.Steps.Single());

        Assert.Equal([new("a.txt", "\"base\"\n"), new("b.txt", "$A\n")], copy.Inline.AsEnumerable());
    }

    private static BuildPlan Plan(
        string text, string? target = null, (string Name, string Value)? args = null, (string Name, string Value)? labels = null, (string Name, Image Image)? images = null)
    {
        Dictionary<string, Image> known = new() { ["base"] = ImageOf(Base) };
        if (images is { } image)
        {
            known[image.Name] = image.Image;
        }

        return Planner.Plan(Dockerfile.Parse(text, "Dockerfile"), Request(target, args, labels), known);
    }

    private static PlanRequest Request(string? target = null, (string Name, string Value)? args = null, (string Name, string Value)? labels = null) => new(
        args is { } given ? new Dictionary<string, string> { [given.Name] = given.Value } : [],
        target,
        labels is { } label ? new Dictionary<string, string> { [label.Name] = label.Value } : [],
        "amd64",
        "t");

    private static Image ImageOf(ImageConfig config) => new(Digest.Of("m"), Digest.Of("c"), config, ImmutableArray<Layer>.Empty);
}
