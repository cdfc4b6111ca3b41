using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Containers;

namespace Slipway.Cli.Tests.Containers;

public sealed class RunCommandTests
{
    [Fact]
    public void Everything_after_the_image_belongs_to_the_command()
    {
        CreateContainerRequest request = Read("-e", "A=1", "--rm", "python:3", "python3", "-c", "print()", "--rm", "-t", "--", "-h", "--help", "-e", "B=2");
        Assert.Equal("python:3", request.Image);
        Assert.Equal(["python3", "-c", "print()", "--rm", "-t", "--", "-h", "--help", "-e", "B=2"], request.Command);
        Assert.Equal(["A=1"], request.Environment);
    }

    [Fact]
    public void Options_become_the_request()
    {
        CreateContainerRequest request = Read(
            "--name", "web", "-w", "/srv", "-u", "1000:1000", "--entrypoint", "sh", "-m", "512m", "--cpus", "1.5", "--pids-limit", "100", "--network", "none",
            "--hostname", "box", "-l", "a=b", "-l", "flag", "-v", "/tmp:/data:ro", "--stop-signal", "INT", "image", "-c", "true");
        Assert.Equal(("web", "/srv", "1000:1000", "box", "INT"), (request.Name, request.WorkingDirectory, request.User, request.Hostname, request.StopSignal));
        Assert.Equal((512L << 20, 1.5, 100L), (request.MemoryBytes, request.Cpus, request.PidsLimit));
        Assert.Equal(ContainerNetwork.None, request.Network);
        Assert.Equal(["sh"], request.Entrypoint);
        Assert.Equal(["-c", "true"], request.Command);
        Assert.Equal([new MountRequest("/tmp", "/data", true)], request.Mounts);
        Assert.Equal(("b", ""), (request.Labels["a"], request.Labels["flag"]));
    }

    [Fact]
    public void Without_words_the_image_decides_but_another_entrypoint_takes_its_command_away()
    {
        Assert.Null(Read("image").Command);
        Assert.Null(Read("image").Entrypoint);
        Assert.Empty(Read("--entrypoint", "sh", "image").Command!);
        Assert.Empty(Read("--entrypoint", "", "image", "ls").Entrypoint!);
    }

    [Fact]
    public void Short_flags_may_stand_together()
    {
        RunCommand command = new();
        ParseResult parsed = command.Parse(["-it", "--rm", "image", "bash"]);
        Assert.Empty(parsed.Errors);
        Assert.True(parsed.GetValue<bool>("--tty"));
        Assert.True(parsed.GetValue<bool>("--interactive"));
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_refused_before_anything_runs()
    {
        using TestWorld world = new();
        Assert.Equal(125, await world.RunAsync("run", "-v", "./nope:/data", "image"));
        Assert.Contains("there is no '", world.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("mkdir -p", world.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false, null, 0)]
    [InlineData(3, false, null, 3)]
    [InlineData(137, true, null, 137)]
    [InlineData(127, false, ProblemKinds.NotFound, 127)]
    [InlineData(126, false, ProblemKinds.PermissionDenied, 126)]
    [InlineData(125, false, ProblemKinds.Internal, 125)]
    [InlineData(1, false, ProblemKinds.Internal, 125)]
    public void Exit_codes_are_the_commands_own_or_say_why_it_never_began(int code, bool oom, string? problem, int expected) =>
        Assert.Equal(expected, ExitCodes.Of(new ExitReport(code, oom, problem is null ? null : new ProblemDetails(problem, "m"))));

    private static CreateContainerRequest Read(params string[] args)
    {
        using TestWorld world = new();
        Command command = new("run");
        ContainerOptions options = new();
        Argument<string> image = Cli.Options.Declare.Required("IMAGE", "x");
        Argument<string[]> rest = Cli.Options.Declare.Rest("COMMAND", "x", required: false);
        command.Add(image);
        command.Add(rest);
        command.Add(new Option<bool>("--rm"));
        options.AddTo(command);
        ParseResult parsed = command.Parse(args);
        Assert.Empty(parsed.Errors);
        return options.Read(parsed, world.Context, parsed.GetValue(image)!, parsed.GetValue(rest) ?? []);
    }
}
