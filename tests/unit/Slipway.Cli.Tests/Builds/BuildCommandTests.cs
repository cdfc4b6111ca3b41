using Slipway.Api.Tests;

namespace Slipway.Cli.Tests.Builds;

public sealed class BuildCommandTests
{
    private const string Progress = """
        {"kind":"stepStarted","number":1,"total":2,"stage":"0","instruction":"FROM x","line":1}
        {"kind":"stepFinished","number":1,"cached":true,"seconds":0}
        {"kind":"stepStarted","number":2,"total":2,"stage":"train","instruction":"RUN make","line":2}
        {"kind":"stepOutput","number":2,"stderr":false,"text":"compiling\n"}
        {"kind":"stepFinished","number":2,"cached":false,"seconds":1.5}
        {"kind":"warning","text":"careful"}
        {"kind":"result","digest":"sha256:12","tags":["app:latest"],"stepsRun":1,"stepsCached":1,"size":1024}

        """;

    [Fact]
    public async Task Progress_is_plain_lines_off_a_terminal_and_the_result_goes_to_stdout()
    {
        (int code, TestWorld world) = await BuildAsync(Progress, "-t", "app");
        using TestWorld closing = world;
        Assert.Equal(0, code);
        Assert.Equal("[1/2] FROM x\n    CACHED\n[2/2] train RUN make\n    compiling\n    1.5 s\nwarning: careful\n", world.Error.ToString());
        Assert.Equal("app:latest  sha256:12\n1 step ran, 1 cached, 1.00 KiB\n", world.Out.ToString());
    }

    [Fact]
    public async Task Quiet_prints_the_digest_alone()
    {
        (int code, TestWorld world) = await BuildAsync(Progress, "-q", "--iidfile", "iid");
        using TestWorld closing = world;
        Assert.Equal((0, "sha256:12\n", ""), (code, world.Out.ToString(), world.Error.ToString()));
        Assert.Equal("sha256:12", await File.ReadAllTextAsync(Path.Combine(world.Folder, "iid")));
    }

    [Fact]
    public async Task A_step_that_fails_shows_the_end_of_its_output_and_the_reason()
    {
        string failed = """
            {"kind":"stepStarted","number":2,"total":2,"stage":"0","instruction":"RUN make","line":2}
            {"kind":"stepOutput","number":2,"stderr":true,"text":"no rule\n"}
            {"kind":"error","problem":{"kind":"failedPrecondition","message":"Dockerfile:2: RUN make ended with 2","hint":"mend it"}}

            """;
        (int code, TestWorld world) = await BuildAsync(failed, "-q");
        using TestWorld closing = world;
        Assert.Equal(1, code);
        Assert.Equal("    no rule\nerror: Dockerfile:2: RUN make ended with 2\nhint: mend it\n", world.Error.ToString());
    }

    private static async Task<(int Code, TestWorld World)> BuildAsync(string progress, params string[] options)
    {
        await using FakeServer server = new(async (request, stream) =>
        {
            await request.ReadBodyAsync();
            await FakeServer.WriteChunksAsync(stream, progress, 50);
        });
        TestWorld world = new(server);
        world.Write("Dockerfile", "FROM x\nRUN make\n");
        return (await world.RunAsync(["build", .. options, "."]), world);
    }
}
