using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Build;

/// <summary>`build --debug`: the files as a failed step left them.</summary>
public sealed class DebugTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private SlipwayBinary Slipway => fixture.Slipway;

    [Fact]
    public async Task Off_a_terminal_the_hint_says_how_to_look_at_them()
    {
        Slipway.Write("c/Dockerfile", "FROM busybox\nWORKDIR /w\nENV MODE=train\nUSER nobody\nRUN echo half > /tmp/half && echo \"in $MODE\" && exit 3\n");
        CommandOutput failed = await Slipway.TryAsync("build", "--debug", "c");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("exit code 3", failed.Stderr, StringComparison.Ordinal);
        string image = failed.Stderr.Split("slipway rmi ")[1].Trim();
        Assert.Equal("half\n/w\ntrain\n65534\n", await Slipway.RunAsync("run", "--rm", image, "sh", "-c", "cat /tmp/half; pwd; echo $MODE; id -u"));
        await Slipway.RunAsync("rmi", image);

        CommandOutput without = await Slipway.TryAsync("build", "c");
        Assert.DoesNotContain("slipway rmi", without.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_a_shell_opens_in_them_and_they_go_with_it()
    {
        Slipway.Write("t/Dockerfile", "FROM busybox\nRUN echo half > /half && exit 3\n");
        int before = (await Slipway.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images")).Count;
        CommandOutput failed = await Slipway.TypeAsync("echo \"found $(cat /half)\"\nexit\n", "build", "--debug", "t");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("found half", failed.Stdout, StringComparison.Ordinal);
        Assert.Contains("the build failed at RUN", failed.Stdout, StringComparison.Ordinal);
        Assert.Equal(before, (await Slipway.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images")).Count);
    }

    [Fact]
    public async Task A_step_without_a_command_leaves_what_was_there_before_it()
    {
        Slipway.Write("f/Dockerfile", "FROM busybox\nRUN echo before > /before\nCOPY nowhere /x\n");
        CommandOutput failed = await Slipway.TryAsync("build", "--debug", "f");
        string image = failed.Stderr.Split("slipway rmi ")[1].Trim();
        Assert.Equal("before\n", await Slipway.RunAsync("run", "--rm", image, "cat", "/before"));
        await Slipway.RunAsync("rmi", image);

        Slipway.Write("s/Dockerfile", "FROM scratch\nCOPY nowhere /x\n");
        Assert.DoesNotContain("slipway rmi", (await Slipway.TryAsync("build", "--debug", "s")).Stderr, StringComparison.Ordinal);
    }
}
