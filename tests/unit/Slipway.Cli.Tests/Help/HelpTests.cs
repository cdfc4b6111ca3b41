using System.CommandLine;

namespace Slipway.Cli.Tests.Help;

public sealed class HelpTests
{
    public static TheoryData<string> Paths => [.. CommandTable.Entries.Select(static entry => entry.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_command_explains_itself_with_an_example(string path)
    {
        using TestWorld world = new();
        Assert.Equal(0, await world.RunAsync([.. path.Split(' '), "--help"]));
        string text = world.Out.ToString();
        Assert.StartsWith($"Usage: slipway {path} [options]", text, StringComparison.Ordinal);
        Assert.Matches(@"\nExamples?:\n  .*slipway", text);
        Assert.Contains("-h, --help", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 170, line));
        Assert.Empty(world.Error.ToString());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_option_and_argument_is_described_and_no_short_name_is_taken_twice(string path)
    {
        CliCommand command = CommandTable.Find(path.Split(' '))!.Value.Command;
        Assert.Equal(path.Split(' ')[^1], command.Name);
        Assert.All(command.Options, static option => Assert.NotEmpty(option.Description!));
        Assert.All(command.Arguments, static argument => Assert.NotEmpty(argument.Description!));
        string[] names = [.. command.Options.SelectMany(static option => option.Aliases.Append(option.Name))];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.DoesNotContain("-h", names);
    }

    [Fact]
    public async Task Alone_it_gives_first_steps_and_every_command()
    {
        using TestWorld world = new();
        Assert.Equal(0, await world.RunAsync());
        string text = world.Out.ToString();
        Assert.Contains("First steps:", text, StringComparison.Ordinal);
        Assert.All(CommandTable.Entries, entry => Assert.Contains($"  {entry.Path} ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_group_lists_its_commands()
    {
        using TestWorld world = new();
        Assert.Equal(ExitCodes.Usage, await world.RunAsync("repo"));
        Assert.Contains("repo create", world.Out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pipeline", world.Out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rum", "run")]
    [InlineData("pipeline craete", "pipeline create")]
    [InlineData("job inpsect", "job inspect")]
    public async Task A_misspelt_command_is_told_the_nearest(string typed, string nearest)
    {
        using TestWorld world = new();
        Assert.Equal(ExitCodes.Usage, await world.RunAsync(typed.Split(' ')));
        Assert.Contains($"hint: did you mean: slipway {nearest}\n", world.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jobs ls", "job ls")]
    [InlineData("job list", "job ls")]
    [InlineData("pipelines delete", "pipeline rm")]
    [InlineData("repo list", "repo ls")]
    [InlineData("repo remove", "repo rm")]
    [InlineData("image import", "image import")]
    public void Words_that_people_bring_along_are_understood(string typed, string path) =>
        Assert.Equal(path, CommandTable.Find(typed.Split(' '))!.Value.Path);

    [Theory]
    [InlineData("", "run")]
    [InlineData("pi", "pipeline")]
    [InlineData("pipeline |cr", "create")]
    [InlineData("run |--ent", "--entrypoint")]
    public async Task Completion_offers_what_may_come_next(string typed, string offered)
    {
        using TestWorld world = new();
        string[] words = typed.Split('|') is [var before, var current] ? [.. before.Split(' ', StringSplitOptions.RemoveEmptyEntries), current] : [typed];
        Assert.Equal(0, await world.RunAsync(["__complete", .. words]));
        Assert.Contains(offered, world.Out.ToString().Split('\n'));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shell_has_a_script(string shell)
    {
        using TestWorld world = new();
        Assert.Equal(0, await world.RunAsync("completion", shell));
        Assert.Contains("slipway __complete", world.Out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "ps", "--nonsense")]
    [InlineData(2, "repo", "create")]
    [InlineData(2, "ps", "-o", "yaml")]
    [InlineData(125, "run")]
    [InlineData(125, "run", "--memory", "lots", "image")]
    [InlineData(125, "exec", "web")]
    [InlineData(2, "logs")]
    [InlineData(2, "put", "training@master:/x")]
    public async Task A_wrong_command_line_is_told_with_a_hint_and_its_code(int code, params string[] args)
    {
        using TestWorld world = new();
        Assert.Equal(code, await world.RunAsync(args));
        Assert.StartsWith("error: ", world.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nhint: ", world.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(world.Out.ToString());
    }

    [Fact]
    public async Task The_version_of_the_client_needs_no_server()
    {
        using TestWorld world = new();
        Assert.Equal(0, await world.RunAsync("--version"));
        Assert.Matches(@"^slipway \d+\.\d+\.\d+\n$", world.Out.ToString());
    }
}
