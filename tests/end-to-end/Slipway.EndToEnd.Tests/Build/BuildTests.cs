using Slipway.Build;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.EndToEnd.Build;

/// <summary>Real Dockerfiles over busybox: what the image holds, what is cached, what a failure says.</summary>
public sealed class BuildTests : IAsyncLifetime
{
    private BuildHome _home = null!;

    public async Task InitializeAsync() => _home = await BuildHome.OpenAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task A_build_runs_once_and_then_answers_from_the_cache()
    {
        string context = _home.Context(("app/main.py", "print(1)\n"), ("requirements.txt", "x\n"), ("unused", "u\n"));
        const string Text = """
            FROM base
            ARG VERSION=1
            ENV MODE=train
            WORKDIR /app
            COPY requirements.txt .
            RUN echo "$MODE $VERSION $(cat requirements.txt)" > out && echo said && echo warned >&2
            COPY app/ .
            CMD ["cat", "out"]
            """;

        BuildResult first = await _home.BuildAsync(Text, context, tag: "app:1");
        Assert.Equal((4, 0), (first.StepsRun, first.StepsCached));
        Assert.Contains(_home.Events.OfType<StepOutput>(), output => output is { Stderr: false } && output.Text.Contains("said", StringComparison.Ordinal));
        Assert.Contains(_home.Events.OfType<StepOutput>(), output => output is { Stderr: true } && output.Text.Contains("warned", StringComparison.Ordinal));

        BuildResult second = await _home.BuildAsync(Text, context);
        Assert.Equal((0, 4), (second.StepsRun, second.StepsCached));
        Assert.Equal(first.Image, second.Image);
        Assert.Equal(first.Image, await _home.Images.FindAsync("app:1", CancellationToken.None));

        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(first.Image);
        Assert.Equal("644 0:0 train 1 x", files["/app/out"]);
        Assert.Equal("644 0:0 print(1)", files["/app/main.py"]);
        Assert.DoesNotContain("/app/unused", files.Keys);

        File.WriteAllText(Path.Combine(context, "app/main.py"), "print(2)\n");
        BuildResult third = await _home.BuildAsync(Text, context);
        Assert.Equal((1, 3), (third.StepsRun, third.StepsCached));
        Assert.NotEqual(first.Image, third.Image);

        File.WriteAllText(Path.Combine(context, "unused"), "changed");
        Assert.Equal(third.Image, (await _home.BuildAsync(Text, context)).Image);

        BuildResult other = await _home.BuildAsync(Text, context, args: new Dictionary<string, string> { ["VERSION"] = "2" });
        Assert.Equal("644 0:0 train 2 x", (await _home.FilesAsync(other.Image))["/app/out"]);
    }

    [Fact]
    public async Task Two_builds_without_cache_in_two_stores_give_one_digest()
    {
        await using BuildHome other = await BuildHome.OpenAsync();
        const string Text = """
            FROM base AS build
            WORKDIR /src
            COPY . .
            RUN date > /dev/null; mkdir -p out/z out/a && for i in 3 1 2; do echo $i > out/$i; ln -s $i out/l$i; done; touch out/a/now; ln out/1 out/hard; hostname > out/host
            FROM base
            COPY --from=build /src/out /out
            RUN rm /out/2 && chmod 600 /out/3 && chown 5:6 /out/1
            """;

        BuildResult first = await _home.BuildAsync(Text, _home.Context(("b", "2"), ("a", "1"), ("d/c", "3")), noCache: true);
        BuildResult again = await _home.BuildAsync(Text, _home.Context(("a", "1"), ("d/c", "3"), ("b", "2")), noCache: true);
        BuildResult elsewhere = await other.BuildAsync(Text, other.Context(("d/c", "3"), ("a", "1"), ("b", "2")), noCache: true);

        Assert.Equal(first.Image.Digest, again.Image.Digest);
        Assert.Equal(first.Image.Digest, elsewhere.Image.Digest);
        Assert.Equal(0, again.StepsCached);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(first.Image);
        Assert.Equal(["/out", "/out/1", "/out/3", "/out/a", "/out/a/now", "/out/hard", "/out/host", "/out/l1", "/out/l2", "/out/l3", "/out/z"], files.Keys.Where(path => path.StartsWith("/out", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_leaves_nothing_but_what_it_did()
    {
        BuildResult result = await _home.BuildAsync("FROM base\nRUN echo x > /etc/own");
        Image parent = await _home.Images.GetAsync("base", CancellationToken.None);

        IReadOnlyDictionary<string, string> before = await _home.FilesAsync(parent);
        IReadOnlyDictionary<string, string> after = await _home.FilesAsync(result.Image);
        Assert.Equal(["/etc/own"], after.Keys.Except(before.Keys));
        Assert.Empty(before.Keys.Except(after.Keys));
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
    }

    [Fact]
    public async Task A_failed_run_shows_the_lines_the_code_and_the_last_output()
    {
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(
            async () => await _home.BuildAsync("FROM base\nENV a=b\nRUN for i in $(seq 30); do echo line$i; done; \\\n    exit 7\nUSER x"));

        Assert.Equal(ErrorKind.FailedPrecondition, fault.Kind);
        Assert.Contains("Dockerfile:3: RUN for i", fault.Message, StringComparison.Ordinal);
        Assert.Contains("   2 | ENV a=b\n > 3 | RUN for i", fault.Message, StringComparison.Ordinal);
        Assert.Contains(" > 4 |     exit 7\n   5 | USER x", fault.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 7", fault.Message, StringComparison.Ordinal);
        Assert.Contains("    line30", fault.Message, StringComparison.Ordinal);
        Assert.Contains("    line11\n", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("line10\n", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said_to_be_missing()
    {
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\nRUN [\"/no/such\"]"));

        Assert.Contains("127", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Dockerfile:2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_has_its_user_shell_directory_and_heredocs()
    {
        BuildResult result = await _home.BuildAsync(
            """
            FROM base
            RUN chmod 777 /tmp
            USER nobody
            WORKDIR /home/nobody
            RUN id -u > user; pwd >> user
            SHELL ["/bin/sh", "-ec"]
            RUN <<EOF
            echo one > /tmp/script
            echo "$PATH" >> /tmp/script
            EOF
            RUN <<X cat > /tmp/joined - && echo done >> /tmp/joined
            $HOME
            X
            RUN <<EOF
            #!/bin/sh
            echo "$0" > /tmp/program
            EOF
            """);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("755 65534:65534", files["/home/nobody"]);
        Assert.Equal("755 65534:65534", files["/home"]);
        Assert.Equal("644 65534:65534 65534\n/home/nobody", files["/home/nobody/user"]);
        Assert.Equal("644 65534:65534 one\n/bin", files["/tmp/script"]);
        Assert.EndsWith("done", files["/tmp/joined"], StringComparison.Ordinal);
        Assert.Equal("644 65534:65534 /dev/pipes/EOF", files["/tmp/program"]);
    }

    [Fact]
    public async Task Unneeded_stages_do_not_run_and_scratch_begins_with_nothing()
    {
        BuildResult result = await _home.BuildAsync("FROM base AS broken\nRUN exit 1\nFROM base AS made\nRUN echo x > /x\nFROM scratch\nCOPY --from=made /x /sub/y\nCOPY --from=base /bin/busybox /bin/");

        Assert.Equal(["/", "/bin", "/bin/busybox", "/sub", "/sub/y"], (await _home.FilesAsync(result.Image)).Keys);
        Assert.Equal(3, result.StepsRun);
        Assert.Equal(["made", "2", "2"], _home.Events.OfType<StepStarted>().Select(step => step.Stage));
    }

    [Fact]
    public async Task A_base_image_that_is_not_there_is_an_error_with_its_line()
    {
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base AS a\nFROM bsae\nRUN x"));

        Assert.Equal(ErrorKind.NotFound, fault.Kind);
        Assert.Contains("Dockerfile:2: there is no image 'bsae'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("base", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Triggers_of_a_base_run_in_the_build_from_it()
    {
        await _home.BuildAsync("FROM base\nONBUILD COPY f /from-trigger\nONBUILD RUN cat /from-trigger > /copied", tag: "onbuild:1");
        BuildResult result = await _home.BuildAsync("FROM onbuild:1", _home.Context(("f", "t")));

        Assert.Equal("644 0:0 t", (await _home.FilesAsync(result.Image))["/copied"]);
        Assert.Empty(result.Image.Config.OnBuild);
    }

    [Fact]
    public async Task A_failed_or_given_up_build_leaves_no_container_and_no_folder()
    {
        using CancellationTokenSource given = new();
        _home.Said += text =>
        {
            if (text.Contains("started", StringComparison.Ordinal))
            {
                given.Cancel();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _home.BuildAsync("FROM base\nRUN echo started; sleep 600", cancellationToken: given.Token));
        await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\nCOPY a /\nRUN exit 1", _home.Context(("a", "1"))));

        Assert.Empty(_home.Engine.List(all: true));
        Assert.Empty(_home.WorkFolders);
    }

    [Fact]
    public async Task The_root_directory_stays_as_the_image_has_it()
    {
        BuildResult open = await _home.BuildAsync("FROM base\nRUN chmod 711 / && chown 3:4 /\nCOPY a /x/\nWORKDIR /y", _home.Context(("a", "1")));

        Assert.Equal("711 3:4", (await _home.FilesAsync(open.Image))["/"]);
    }

    [Fact]
    public async Task The_image_says_where_it_came_from()
    {
        const string Text = "FROM base\nLABEL a=b\nCOPY f /";
        BuildResult result = await _home.BuildAsync(Text, _home.Context(("f", "1")));

        Assert.Equal(Digest.Of(Text).ToString(), result.Image.Annotations[ImageBuilder.DockerfileDigestAnnotation]);
        Assert.True(Digest.TryParse(result.Image.Annotations[ImageBuilder.ContextDigestAnnotation], out _));
        Assert.Equal("b", result.Image.Config.Labels["a"]);
        Assert.Equal(result.Image.Layers.Length, result.Image.Config.History.Count(entry => !entry.EmptyLayer));
    }
}
