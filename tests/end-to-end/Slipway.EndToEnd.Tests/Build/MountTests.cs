using Slipway.Build;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.EndToEnd.Build;

/// <summary>RUN --mount and its kin: what a step sees, and that nothing of it stays in the image.</summary>
public sealed class MountTests : IAsyncLifetime
{
    private BuildHome _home = null!;

    public async Task InitializeAsync() => _home = await BuildHome.OpenAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task A_bind_shows_the_context_a_stage_or_an_image_and_leaves_nothing()
    {
        string context = _home.Context(("in/a", "A\n"), ("b", "B\n"));
        BuildResult result = await _home.BuildAsync(
            """
            FROM base AS other
            RUN echo from-stage > /made
            FROM base
            WORKDIR /w
            RUN --mount=target=ctx --mount=type=bind,from=other,source=/made,target=/mnt/deep/made --mount=from=base,src=/bin,dst=/imagebin \
                cat ctx/in/a ctx/b /mnt/deep/made > /out && test -x /imagebin/busybox && ! touch ctx/new 2>/dev/null
            RUN --mount=type=bind,rw,target=/rw,source=in echo changed > /rw/a && cat /rw/a > /written
            """,
            context);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("644 0:0 A\nB\nfrom-stage", files["/out"]);
        Assert.Equal("644 0:0 changed", files["/written"]);
        Assert.Equal("A\n", await File.ReadAllTextAsync(Path.Combine(context, "in/a")));
        Assert.DoesNotContain(files.Keys, path => path.StartsWith("/mnt/", StringComparison.Ordinal) || path.StartsWith("/rw", StringComparison.Ordinal) || path.StartsWith("/w/", StringComparison.Ordinal) || path == "/imagebin");

        Assert.Equal(0, (await _home.BuildAsync("FROM base\nRUN --mount=target=/c,source=b cat /c", context)).StepsCached);
        File.WriteAllText(Path.Combine(context, "in/a"), "other");
        Assert.Equal(1, (await _home.BuildAsync("FROM base\nRUN --mount=target=/c,source=b cat /c", context)).StepsCached);
        File.WriteAllText(Path.Combine(context, "b"), "other");
        Assert.Equal(0, (await _home.BuildAsync("FROM base\nRUN --mount=target=/c,source=b cat /c", context)).StepsCached);
    }

    [Fact]
    public async Task A_cache_outlives_its_build_and_is_in_no_layer()
    {
        const string Text = "FROM base\nRUN --mount=type=cache,target=/root/.cache,id=pip,uid=5,gid=6,mode=0750 echo x >> /root/.cache/n; wc -l < /root/.cache/n > /count; stat -c '%a %u:%g' /root/.cache >> /count";

        await _home.BuildAsync(Text);
        BuildResult second = await _home.BuildAsync(Text, noCache: true);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(second.Image);

        Assert.Equal("644 0:0 2\n750 5:6", files["/count"]);
        Assert.DoesNotContain("/root/.cache", files.Keys);
        Assert.Equal((await _home.FilesAsync(await _home.Images.GetAsync("base", CancellationToken.None)))["/root"], files["/root"]);

        BuildResult seeded = await _home.BuildAsync("FROM base AS seed\nRUN mkdir /s && echo s > /s/f\nFROM base\nRUN --mount=type=cache,target=/c,id=seeded,from=seed,source=/s cat /c/f > /seen");
        Assert.Equal("644 0:0 s", (await _home.FilesAsync(seeded.Image))["/seen"]);
    }

    [Fact]
    public async Task A_locked_cache_is_one_steps_at_a_time_and_a_private_one_is_nobody_elses()
    {
        // Each step takes a mark, and fails where another's stands.
        const string Step = "test ! -e /c/mark && touch /c/mark && for i in $(seq 200); do test $(ls /c | wc -l) = 1 || exit 9; done && rm /c/mark && echo $W > /done";
        string text = $"FROM base AS a\nENV W=a\nRUN --mount=type=cache,target=/c,id=one,sharing=SHARING {Step}\nFROM base AS b\nENV W=b\nRUN --mount=type=cache,target=/c,id=one,sharing=SHARING {Step}\nFROM base\nCOPY --from=a /done /a\nCOPY --from=b /done /b";

        foreach (string sharing in (string[])["locked", "private"])
        {
            BuildResult result = await _home.BuildAsync(text.Replace("SHARING", sharing, StringComparison.Ordinal));
            IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);
            Assert.Equal(("644 0:0 a", "644 0:0 b"), (files["/a"], files["/b"]));
        }
    }

    [Fact]
    public async Task A_tmpfs_is_empty_bounded_and_forgotten()
    {
        BuildResult result = await _home.BuildAsync("FROM base\nRUN --mount=type=tmpfs,target=/t,size=1m df /t | tail -n1 | awk '{print $2}' > /size && echo x > /t/x");
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("644 0:0 1024", files["/size"]);
        Assert.DoesNotContain("/t", files.Keys);
    }

    [Fact]
    public async Task A_secret_is_seen_and_in_no_layer_log_or_key()
    {
        const string Secret = "s3cr3t-7f21";
        const string Text = "FROM base\nRUN --mount=type=secret,id=token --mount=type=secret,id=token,target=/etc/own/t,mode=0440,uid=7,gid=8 --mount=type=secret,id=token,env=TOKEN "
            + "wc -c < /run/secrets/token > /seen; stat -c '%a %u:%g' /etc/own/t /run/secrets/token >> /seen; echo ${#TOKEN} >> /seen";
        Func<BuildRequest, BuildRequest> with = Give(Secret);

        BuildResult result = await _home.BuildAsync(Text, with: with);
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("644 0:0 11\n440 7:8\n400 0:0\n11", files["/seen"]);
        Assert.DoesNotContain(files.Keys, path => path.StartsWith("/run/", StringComparison.Ordinal) || path.StartsWith("/etc/own", StringComparison.Ordinal));
        Assert.DoesNotContain(_home.Events, happened => happened.ToString()!.Contains(Secret, StringComparison.Ordinal));
        Assert.False(_home.Holds(Secret), "the secret is on the disk");
        Assert.Equal((0, 1), Counts(await _home.BuildAsync(Text, with: Give("another"))));

        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\nRUN --mount=type=secret,id=absent,required cat /run/secrets/absent"));
        Assert.Contains("--secret id=absent", fault.Hint, StringComparison.Ordinal);
        await _home.BuildAsync("FROM base\nRUN --mount=type=secret,id=absent test ! -e /run/secrets/absent");
    }

    [Fact]
    public async Task An_insecure_step_needs_a_right_and_then_has_all_capabilities()
    {
        const string Text = "FROM base\nRUN --security=insecure mkdir /m && mount -t tmpfs t /m && umount /m && echo mounted > /done";

        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync(Text));
        Assert.Equal(ErrorKind.PermissionDenied, fault.Kind);
        BuildResult result = await _home.BuildAsync(Text, with: request => request with { AllowsInsecure = true });
        Assert.Equal("644 0:0 mounted", (await _home.FilesAsync(result.Image))["/done"]);
        await Assert.ThrowsAsync<SlipwayException>(async () => await _home.BuildAsync("FROM base\nRUN mkdir /m && mount -t tmpfs t /m"));
    }

    [Fact]
    public async Task A_named_context_stands_for_a_stage_or_an_image()
    {
        string data = _home.Context(("d/file", "named\n"));
        BuildResult result = await _home.BuildAsync(
            "FROM python:3\nCOPY --from=data d/file /copied\nRUN --mount=from=data,target=/d cp /d/d/file /bound",
            with: request => request with
            {
                Contexts = new Dictionary<string, NamedContext> { ["data"] = new NamedContext.Folder(data), ["python:3"] = new NamedContext.OfImage("base") },
            });
        IReadOnlyDictionary<string, string> files = await _home.FilesAsync(result.Image);

        Assert.Equal("644 0:0 named", files["/copied"]);
        Assert.Equal("644 0:0 named", files["/bound"]);
    }

    [Fact]
    public async Task Stages_that_do_not_need_one_another_run_side_by_side()
    {
        // Each waits for the other's mark: one after the other, neither would end.
        const string Wait = "touch /c/$W; for i in $(seq 400); do test -e /c/$OTHER && exit 0; sleep 0.05; done; exit 1";
        BuildResult result = await _home.BuildAsync(
            $"FROM base AS a\nENV W=a OTHER=b\nRUN --mount=type=cache,target=/c,id=both {Wait}\nFROM base AS b\nENV W=b OTHER=a\nRUN --mount=type=cache,target=/c,id=both {Wait}\nFROM base\nCOPY --from=a /bin/sh /a\nCOPY --from=b /bin/sh /b");

        Assert.Equal(4, result.StepsRun);
        Assert.Equal([1, 2, 3, 4], _home.Events.OfType<StepStarted>().Select(step => step.Number).Order());
    }

    [Fact]
    public async Task Named_stages_run_again_and_the_others_do_not()
    {
        const string Text = "FROM base AS a\nRUN echo a > /a\nFROM base AS b\nRUN echo b > /b\nFROM base\nCOPY --from=a /a /\nCOPY --from=b /b /";
        await _home.BuildAsync(Text);

        Assert.Equal((1, 3), Counts(await _home.BuildAsync(Text, with: request => request with { NoCacheStages = ["b"] })));
    }

    private static Func<BuildRequest, BuildRequest> Give(string secret) => request => request with
    {
        Secrets = new Dictionary<string, BuildSecret> { ["token"] = new(System.Text.Encoding.UTF8.GetBytes(secret)) },
    };

    private static (int Ran, int Cached) Counts(BuildResult result) => (result.StepsRun, result.StepsCached);
}
