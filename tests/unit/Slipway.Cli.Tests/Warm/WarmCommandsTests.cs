using Slipway.Cli.Warm;

namespace Slipway.Cli.Tests.Warm;

public sealed class WarmCommandsTests
{
    [Theory]
    [InlineData("build .", ".")]
    [InlineData("build -q -t a -t b:1 --no-cache dir", "dir")]
    [InlineData("build --build-arg A=1 --build-arg=B=2 --label x=y --target t --progress plain --progress=json dir", "dir")]
    [InlineData("build -f deploy/Dockerfile dir", "deploy/Dockerfile dir")]
    [InlineData("build --file=Dockerfile.x dir --pull", "Dockerfile.x dir")]
    [InlineData("build --source-date commit dir", "dir")]
    [InlineData("build --source-date=none --provenance=false dir", "dir")]
    [InlineData("push registry/app", "")]
    [InlineData("images -o json", "")]
    [InlineData("image ls", "")]
    [InlineData("repo ls", "")]
    [InlineData("job inspect 1", "")]
    [InlineData("ls data@master:/", "")]
    public void What_ends_by_itself_and_touches_no_other_file_is_one(string line, string paths)
    {
        List<string> found = [];
        Assert.True(WarmCommands.Match(line.Split(' '), found));
        Assert.Equal(paths, string.Join(' ', found));
    }

    [Theory]
    [InlineData("")]
    [InlineData("build")]
    [InlineData("build -")]
    [InlineData("build -f - .")]
    [InlineData("build --file=- .")]
    [InlineData("build . other")]
    [InlineData("build -t")]
    [InlineData("build . -t")]
    [InlineData("build prune")]
    [InlineData("build -qt a .")]
    [InlineData("build -ta .")]
    [InlineData("build -t a -- .")]
    [InlineData("build --debug .")]
    [InlineData("build --progress tty .")]
    [InlineData("build --iidfile id .")]
    [InlineData("build --metadata-file=m .")]
    [InlineData("build -o out .")]
    [InlineData("build --output type=tar,dest=x .")]
    [InlineData("build --secret id=a,src=f .")]
    [InlineData("build --ssh default .")]
    [InlineData("build --build-context n=dir .")]
    [InlineData("build --cache-to type=local,dest=x .")]
    [InlineData("build --source-revision .")]
    [InlineData("build --help")]
    [InlineData("run busybox true")]
    [InlineData("exec c sh")]
    [InlineData("login registry")]
    [InlineData("put r@b:/x -f f")]
    [InlineData("get r@b:/x")]
    [InlineData("save app")]
    [InlineData("load")]
    [InlineData("logs -f c")]
    [InlineData("wait r@b")]
    [InlineData("daemon stop")]
    [InlineData("image import f n")]
    [InlineData("image")]
    [InlineData("pipeline create -f p.json")]
    [InlineData("repo rm data")]
    public void What_reads_stdin_writes_files_or_is_unknown_is_none(string line) => Assert.False(WarmCommands.Match(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), []));

    /// <summary>A word that the client took for an option's value must be one to the command line too, or a path would go unchecked.</summary>
    [Fact]
    public void Its_options_are_those_of_build()
    {
        CliCommand build = CommandTable.Find(["build"])!.Value.Command;
        foreach (System.CommandLine.Option option in build.Options)
        {
            foreach (string name in option.Aliases.Append(option.Name))
            {
                bool flag = WarmCommands.Match(["build", name, "."], []);
                bool value = WarmCommands.Match(["build", name, "plain", "."], []);
                Assert.False(flag && value, name);
                Assert.True(!flag || option.ValueType == typeof(bool), name);
                Assert.True(!value || option.ValueType != typeof(bool), name);
            }
        }
    }
}
