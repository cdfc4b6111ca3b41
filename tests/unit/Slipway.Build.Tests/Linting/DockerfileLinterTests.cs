using Slipway.Build.Dockerfiles;
using Slipway.Images;

namespace Slipway.Build.Linting;

/// <summary>Each documented rule: a Dockerfile that breaks it, and its mended twin that does not.</summary>
public sealed class DockerfileLinterTests
{
    [Theory]
    [InlineData("StageNameCasing", 1, "FROM base AS Build", "FROM base AS build")]
    [InlineData("FromAsCasing", 1, "FROM base as x", "FROM base AS x")]
    [InlineData("NoEmptyContinuation", 3, "FROM base\nRUN a \\\n\n  b", "FROM base\nRUN a \\\n  b")]
    [InlineData("ConsistentInstructionCasing", 2, "FROM base\nRun a\nRUN b", "from base\nrun a")]
    [InlineData("DuplicateStageName", 2, "FROM base AS a\nFROM base AS a", "FROM base AS a\nFROM base AS b")]
    [InlineData("ReservedStageName", 1, "FROM base AS context", "FROM base AS contexts")]
    [InlineData("JSONArgsRecommended", 2, "FROM base\nCMD run me", "FROM base\nSHELL [\"sh\"]\nCMD run me")]
    [InlineData("JSONArgsRecommended", 2, "FROM base\nENTRYPOINT run", "FROM base\nENTRYPOINT [\"run\"]")]
    [InlineData("MaintainerDeprecated", 2, "FROM base\nMAINTAINER me", "FROM base\nLABEL org.opencontainers.image.authors=me")]
    [InlineData("UndefinedArgInFrom", 1, "FROM base:${V:-x}$W", "ARG W\nFROM base:${V:-x}$W")]
    [InlineData("WorkdirRelativePath", 2, "FROM base\nWORKDIR a", "FROM base\nWORKDIR /a\nWORKDIR b")]
    [InlineData("UndefinedVar", 2, "FROM base\nCOPY $foo /", "FROM base\nARG foo\nCOPY $foo $PATH ${none:-x} /")]
    [InlineData("UndefinedVar", 3, "FROM base AS a\nFROM a\nENV A=$MISSING", "FROM base AS a\nENV MISSING=1\nFROM a\nENV A=$MISSING B=$IMAGE")]
    [InlineData("MultipleInstructionsDisallowed", 2, "FROM base\nCMD [\"a\"]\nCMD [\"b\"]", "FROM base\nCMD [\"a\"]\nFROM base\nCMD [\"b\"]")]
    [InlineData("LegacyKeyValueFormat", 2, "FROM base\nENV A b", "FROM base\nENV A=b")]
    [InlineData("RedundantTargetPlatform", 1, "FROM --platform=$TARGETPLATFORM base", "FROM --platform=$BUILDPLATFORM base")]
    [InlineData("SecretsUsedInArgOrEnv", 2, "FROM base\nARG AWS_SECRET_KEY", "FROM base\nARG PUBLIC_KEY\nARG MONKEY")]
    [InlineData("SecretsUsedInArgOrEnv", 2, "FROM base\nENV TOKEN=x", "FROM base\nENV TOKENS=x")]
    [InlineData("InvalidDefaultArgInFrom", 2, "ARG TAG\nFROM base:$TAG", "ARG TAG=1\nFROM base:$TAG")]
    [InlineData("FromPlatformFlagConstDisallowed", 1, "FROM --platform=linux/amd64 base", "FROM --platform=linux/amd64 base AS build_amd64")]
    [InlineData("CopyIgnoredFile", 2, "FROM base\nCOPY secret/key /", "FROM base\nCOPY other /")]
    [InlineData("ExposeProtoCasing", 2, "FROM base\nEXPOSE 80/TCP", "FROM base\nEXPOSE 80/tcp")]
    [InlineData("ExposeInvalidFormat", 2, "FROM base\nEXPOSE 127.0.0.1:80:80", "FROM base\nEXPOSE 80")]
    [InlineData("InvalidBaseImagePlatform", 1, "FROM elsewhere", "FROM base")]
    [InlineData("InvalidDefinitionDescription", 3, "# check=experimental=all\n# something else\nARG A\nFROM base", "# check=experimental=all\n# A is it\nARG A\nFROM base")]
    public void A_rule_finds_what_breaks_it_and_nothing_else(string rule, int line, string broken, string mended)
    {
        Assert.Contains(Check(broken), finding => finding.Rule == rule && finding.Line == line);
        Assert.DoesNotContain(Check(mended), finding => finding.Rule == rule);
    }

    [Fact]
    public void A_good_file_has_no_findings() => Assert.Empty(Check("# syntax=docker/dockerfile:1\nARG V=3\nFROM base:$V AS build\nWORKDIR /src\nARG T\nENV A=${T} B=$PATH\nCOPY . .\nRUN <<EOF\n\nx\nEOF\nCMD [\"a\"]"));

    [Theory]
    [InlineData("# check=skip=StageNameCasing\nFROM base AS B", "")]
    [InlineData("# check=skip=all\nFROM base as B", "")]
    [InlineData("# check=skip=FromAsCasing;error=true\nFROM base as B", "StageNameCasing")]
    [InlineData("# A is not described so\nARG B\nFROM base", "")]
    public void The_file_chooses_its_rules(string text, string expected) => Assert.Equal(expected, string.Join(' ', Check(text).Select(finding => finding.Rule)));

    [Fact]
    public void Findings_can_be_errors()
    {
        Assert.True(CheckDirective.Of(["# syntax=x", "# check=error=true", "FROM x"]).IsError);
        Assert.False(CheckDirective.Of(["FROM x", "# check=error=true"]).IsError);
    }

    private static IReadOnlyList<Finding> Check(string text) =>
        DockerfileLinter.Check(Dockerfile.Parse(text, "Dockerfile"), name => name.StartsWith("base", StringComparison.Ordinal) ? new ImageConfig { Env = ["IMAGE=1"] }
            : name == "elsewhere" ? new ImageConfig { Architecture = "s390x" } : null, ["secret"]);
}
