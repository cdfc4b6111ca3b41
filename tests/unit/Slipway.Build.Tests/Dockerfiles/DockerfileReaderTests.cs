using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;

namespace Slipway.Build.Dockerfiles;

/// <summary>The instructions of the Dockerfile reference, each as it is written in the wild.</summary>
public sealed class DockerfileReaderTests
{
    [Theory]
    [InlineData("FROM a AS b", "FromInstruction a  b")]
    [InlineData("from --platform=$BUILDPLATFORM a as B1", "FromInstruction a $BUILDPLATFORM B1")]
    [InlineData("RUN echo  a   b", "RunInstruction shell[echo  a   b] default")]
    [InlineData("RUN [\"a\", \"b c\"]", "RunInstruction exec[a|b c] default")]
    [InlineData("RUN [ -f x ] || true", "RunInstruction shell[[ -f x ] || true] default")]
    [InlineData("RUN [1]", "RunInstruction shell[[1]] default")]
    [InlineData("RUN --network=none x", "RunInstruction shell[x] none")]
    [InlineData("CMD x y", "CmdInstruction shell[x y]")]
    [InlineData("CMD []", "CmdInstruction exec[]")]
    [InlineData("ENTRYPOINT [\"x\"]", "EntrypointInstruction exec[x]")]
    [InlineData("ENV a b  c ", "EnvInstruction a=b  c")]
    [InlineData("ENV a=b c=\"d e\" f=g\\ h", "EnvInstruction a=b c=\"d e\" f=g\\ h")]
    [InlineData("ENV ONE TWO= THREE=world", "EnvInstruction ONE=TWO= THREE=world")]
    [InlineData("LABEL \"a b\"=c d=e", "LabelInstruction \"a b\"=c d=e")]
    [InlineData("ARG a=1 b", "ArgInstruction a=1 b")]
    [InlineData("COPY --chown=1:2 --chmod=755 a b c/", "CopyInstruction a b > c/ 1:2 755")]
    [InlineData("COPY [\"a b\", \"c d\"]", "CopyInstruction a b > c d")]
    [InlineData("COPY --from=x --link /a /b", "CopyInstruction /a > /b from x")]
    [InlineData("ADD http://h/x.tgz /", "CopyInstruction http://h/x.tgz > / add")]
    [InlineData("WORKDIR /a b", "WorkdirInstruction /a b")]
    [InlineData("USER a:b", "UserInstruction a:b")]
    [InlineData("EXPOSE 80 90/udp", "ExposeInstruction 80 90/udp")]
    [InlineData("VOLUME [\"/a\", \"/b\"]", "VolumeInstruction /a /b")]
    [InlineData("VOLUME /a /b", "VolumeInstruction /a /b")]
    [InlineData("SHELL [\"/bin/bash\", \"-c\"]", "ShellInstruction /bin/bash -c")]
    [InlineData("STOPSIGNAL SIGINT", "StopSignalInstruction SIGINT")]
    [InlineData("HEALTHCHECK NONE", "HealthcheckInstruction NONE 0 0")]
    [InlineData("HEALTHCHECK --interval=1m30s --retries=2 CMD curl x", "HealthcheckInstruction CMD-SHELL|curl x 90000000000 2")]
    [InlineData("HEALTHCHECK CMD [\"a\"]", "HealthcheckInstruction CMD|a 0 0")]
    [InlineData("ONBUILD RUN x", "OnBuildInstruction RUN x")]
    [InlineData("MAINTAINER A <a@b>", "MaintainerInstruction A <a@b>")]
    public void An_instruction_is_read(string line, string expected)
    {
        bool isFrom = line.StartsWith("from", StringComparison.OrdinalIgnoreCase);
        Stage stage = Dockerfile.Parse(isFrom ? line : "FROM x\n" + line, "Dockerfile").Stages[0];

        Assert.Equal(expected, Describe(isFrom ? stage.From : stage.Instructions.Single()));
    }

    [Theory]
    [InlineData("FROM x\nRUN a \\\n  b", "a   b", 2, 3)]
    [InlineData("FROM x\nRUN a \\\n# note\n\n  b\nUSER y", "a   b", 2, 5)]
    [InlineData("FROM x\nRUN a \\   \n&& b", "a && b", 2, 3)]
    [InlineData("FROM x\nRUN echo a\\\\\nUSER y", "echo a\\\\", 2, 2)]
    [InlineData("# escape=`\nFROM x\nRUN a `\n b\\", "a  b\\", 3, 4)]
    [InlineData("#syntax=docker/dockerfile:1\r\n# escape = `\r\nFROM x\r\nRUN a `\r\n b", "a  b", 4, 5)]
    [InlineData("# comment\n# escape=`\nFROM x\nRUN a \\\n b", "a  b", 4, 5)]
    [InlineData("\uFEFFFROM x\nRUN a\n", "a", 2, 2)]
    public void Lines_are_joined(string text, string command, int first, int last)
    {
        RunInstruction run = Assert.IsType<RunInstruction>(Dockerfile.Parse(text, "Dockerfile").Stages[0].Instructions[0]);

        Assert.Equal(command, run.Command.Arguments.Single());
        Assert.Equal(new SourceSpan(first, last), run.Span);
    }

    [Fact]
    public void Here_documents_are_read()
    {
        Dockerfile dockerfile = Dockerfile.Parse("FROM x\nRUN <<EOF cat - <<-'B' > y\na $b\nEOF\n\tc\n\tB\nCOPY <<\"f 1\" <<g.txt /d/\nz\ng.txt\nUSER u", "Dockerfile");
        RunInstruction run = Assert.IsType<RunInstruction>(dockerfile.Stages[0].Instructions[0]);
        CopyInstruction copy = Assert.IsType<CopyInstruction>(dockerfile.Stages[0].Instructions[1]);

        Assert.Equal([new("EOF", "a $b\n", true, false), new("B", "\tc\n", false, true)], run.Heredocs.AsEnumerable());
        Assert.Equal("c\n", run.Heredocs[1].Text);
        Assert.Equal([new("g.txt", "z\n", true, false)], copy.Heredocs.AsEnumerable());
        Assert.Equal(new SourceSpan(2, 6), run.Span);
        Assert.IsType<UserInstruction>(dockerfile.Stages[0].Instructions[2]);
    }

    [Theory]
    [InlineData("FORM x", "Dockerfile:1: unknown instruction 'FORM' (did you mean FROM?)")]
    [InlineData("FROM x\nRUN\n", "Dockerfile:2: RUN needs an argument")]
    [InlineData("FROM x\nCOPY a", "Dockerfile:2: COPY needs at least one source and a destination")]
    [InlineData("FROM x\nCOPY --chwon=1 a b", "COPY has no flag '--chwon' (did you mean --chown?)")]
    [InlineData("FROM x\nRUN --mount=type=cash,target=/x y", "type=cash is not a kind of mount")]
    [InlineData("FROM x\nENV a", "ENV a has no value (write: ENV a=value)")]
    [InlineData("FROM x\nENV a=b c", "ENV: 'c' is not of the form name=value")]
    [InlineData("FROM x\nENV a=\"b", "a double quote has no end")]
    [InlineData("FROM x\nARG 1a", "ARG '1a' is not a name")]
    [InlineData("FROM x\nSHELL sh", "SHELL takes a list")]
    [InlineData("FROM x\nONBUILD FROM y", "ONBUILD FROM is not allowed")]
    [InlineData("FROM x\nONBUILD RNU y", "did you mean RUN?")]
    [InlineData("FROM x\nHEALTHCHECK --interval=1 CMD x", "is not a duration")]
    [InlineData("FROM x\nRUN <<EOF\na", "the here-document 'EOF' has no end")]
    [InlineData("FROM x AS 1", "'1' is not a stage's name")]
    [InlineData("FROM x y", "FROM takes an image")]
    [InlineData("RUN x\nFROM y", "only ARG may stand before the first FROM")]
    [InlineData("", "the Dockerfile has no FROM")]
    [InlineData("# escape=x\nFROM y", "'x' cannot be the escape character")]
    public void A_fault_says_where_and_what(string text, string message)
    {
        SlipwayException fault = Assert.Throws<SlipwayException>(() => Dockerfile.Parse(text, "Dockerfile"));

        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_come_at_once_with_the_lines_around_them()
    {
        SlipwayException fault = Assert.Throws<SlipwayException>(() => Dockerfile.Parse("FROM x\nUSR a\nRUN b\nCOPPY c d\n", "sub/Dockerfile"));

        Assert.Contains("sub/Dockerfile:2: unknown instruction 'USR' (did you mean USER?)\n   1 | FROM x\n > 2 | USR a\n   3 | RUN b\n   4 | COPPY c d", fault.Message, StringComparison.Ordinal);
        Assert.Contains("sub/Dockerfile:4: unknown instruction 'COPPY' (did you mean COPY?)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_has_faults() => Prop.ForAll(Arb.From(Texts()), text =>
    {
        DockerfileResult result = DockerfileReader.Read(text, "Dockerfile");
        return result.Dockerfile is null == !result.Faults.IsEmpty
            && result.Faults.All(fault => fault.Span.StartLine >= 1 && fault.Span.StartLine <= Math.Max(1, result.Lines.Length));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static Gen<string> Texts()
    {
        string[] pieces =
        [
            "FROM ", "RUN ", "COPY ", "ADD ", "ENV ", "ARG ", "LABEL ", "HEALTHCHECK ", "ONBUILD ", "SHELL ", "# escape=`", "<<EOF", "EOF", "\n", "\n", "\n", "\r\n", " ", "\\", "\\\n",
            "\"", "'", "[", "]", "$", "{", "}", "a", "=", ":-", "--from=", "--", "`", "#", "\t", "é", "[\"a\"]", "\uD800", "\0", "x", " AS ", "--interval=", "1h",
        ];
        return Gen.Choose(0, 40).SelectMany(length => Gen.ArrayOf(Gen.Elements(pieces), length)).Select(string.Concat);
    }

    private static string Describe(Instruction instruction) => instruction.GetType().Name + " " + instruction switch
    {
        FromInstruction from => $"{from.Image} {from.Platform} {from.StageName}",
        RunInstruction run => $"{Describe(run.Command)} {run.Network}",
        CmdInstruction cmd => Describe(cmd.Command),
        EntrypointInstruction entrypoint => Describe(entrypoint.Command),
        EnvInstruction env => Describe(env.Variables),
        LabelInstruction label => Describe(label.Labels),
        ArgInstruction arg => Describe(arg.Arguments),
        CopyInstruction copy => $"{string.Join(' ', copy.Sources)} > {copy.Destination}{(copy.Owner is null ? "" : $" {copy.Owner} {copy.Mode}")}{(copy.From is null ? "" : $" from {copy.From}")}{(copy.IsAdd ? " add" : "")}",
        WorkdirInstruction workdir => workdir.Path,
        UserInstruction user => user.User,
        ExposeInstruction expose => string.Join(' ', expose.Ports),
        VolumeInstruction volume => string.Join(' ', volume.Paths),
        ShellInstruction shell => string.Join(' ', shell.Arguments),
        StopSignalInstruction signal => signal.Signal,
        HealthcheckInstruction health => $"{string.Join('|', health.Healthcheck.Test)} {health.Healthcheck.Interval} {health.Healthcheck.Retries}",
        OnBuildInstruction trigger => trigger.Trigger,
        MaintainerInstruction maintainer => maintainer.Name,
        _ => "",
    };

    private static string Describe(CommandLine command) => $"{(command.Shell ? "shell" : "exec")}[{string.Join('|', command.Arguments)}]";

    private static string Describe(IEnumerable<NameValue> values) => string.Join(' ', values.Select(value => value.Value is null ? value.Name : $"{value.Name}={value.Value}"));
}
