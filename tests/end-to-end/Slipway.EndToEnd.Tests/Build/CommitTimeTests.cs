using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Build;

/// <summary>
/// The image's time is that of its context's newest commit, whichever way the context comes to the builder; its layers do not have it, and nothing runs again for it.
/// </summary>
public sealed class CommitTimeTests : IAsyncLifetime
{
    private const long Constant = 946_684_800, First = 1_700_000_000, Second = 1_700_000_001;

    private SlipwayBinary _slipway = null!;

    public async Task InitializeAsync()
    {
        _slipway = await SlipwayBinary.CreateAsync();
        _slipway.Write("r/c/Dockerfile", "FROM busybox\nCOPY f /f\nRUN cp /f /g\nLABEL a=b\n");
        _slipway.Write("r/c/f", "1");
        await CommitAsync(First, "git init -q -b main .; git add .");
    }

    public async Task DisposeAsync() => await _slipway.DisposeAsync();

    [Fact]
    public async Task The_image_and_the_steps_that_were_added_have_it_and_files_the_constant()
    {
        ImageDetails image = await BuildAsync("r/c"), plain = await BuildAsync("--source-date", "none", "r/c");
        Assert.Equal((Time(First), Time(Constant)), (image.Created, plain.Created));
        Assert.Equal(plain.Layers, image.Layers);
        Assert.Equal([null, Time(First), Time(First), Time(First)], image.History.Select(entry => entry.Created));
        Assert.Equal(Constant.ToString(System.Globalization.CultureInfo.InvariantCulture), (await _slipway.RunAsync("run", "--rm", image.Digest, "stat", "-c", "%Y", "/f")).Trim());
        Assert.Contains("2023-11-14", await _slipway.RunAsync("image", "inspect", image.Digest), StringComparison.Ordinal);

        // What dates the files too makes other layers.
        ImageDetails dated = await BuildAsync("--source-date=1600000000", "r/c");
        Assert.Equal(Time(1_600_000_000), dated.Created);
        Assert.NotEqual(image.Layers[1], dated.Layers[1]);
        _slipway.SetEnvironment("SOURCE_DATE_EPOCH", "1600000000");
        Assert.Equal(dated.Digest, (await BuildAsync("--source-date", "commit", "r/c")).Digest);
        Assert.Contains("\"sourceDateEpoch\": \"1600000000\"", await _slipway.RunAsync("image", "provenance", dated.Digest), StringComparison.Ordinal);
        Assert.DoesNotContain("sourceDateEpoch", await _slipway.RunAsync("image", "provenance", image.Digest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_way_to_build_gives_the_same()
    {
        _slipway.Write("r/slipway.yaml", "project: p\nstages:\n  s: { build: ./c, cmd: [\"true\"], input: { d: / } }\nrepos: { d: data }\n");
        await CommitAsync(Second, "git add .");
        string image = (await BuildAsync("r/c")).Digest;
        Assert.Equal(image, (await BuildAsync("--provenance=false", "r/c")).Digest);
        Assert.Equal(image, (await BuildAsync("--source-date", "commit", "r/c")).Digest);
        Assert.Equal(image, (await BuildAsync("--verify", "r/c")).Digest);
        Assert.Equal(image, (await BuildAsync("--secret", "id=s,src=r/c/f", "r/c")).Digest);
        Assert.Equal(image, (await BuildAsync("-f", "r/c/Dockerfile", "r/c")).Digest);
        await _slipway.RunAsync("up", "--no-wait", "r");
        Assert.Contains(image, await _slipway.RunAsync("pipeline", "inspect", "s", "-o", "json"), StringComparison.Ordinal);

        _slipway.SetEnvironment("SLIPWAY_WARM", "0");
        Assert.Equal(image, (await BuildAsync("r/c")).Digest);
        _slipway.SetEnvironment("SLIPWAY_HOST", "unix://" + Path.Combine(_slipway.Home, "slipway.sock"));
        Assert.Equal(image, (await BuildAsync("r/c")).Digest);
        Assert.Equal(image, (await BuildAsync("--provenance=false", "r/c")).Digest);
        _slipway.SetEnvironment("SOURCE_DATE_EPOCH", "7");
        string dated = (await BuildAsync("r/c")).Digest;
        _slipway.SetEnvironment("SLIPWAY_HOST", null);
        Assert.Equal(dated, (await BuildAsync("r/c")).Digest);
    }

    [Fact]
    public async Task A_commit_of_a_file_that_nothing_copies_runs_no_step_and_no_datum()
    {
        ImageDetails first = await BuildAsync("-t", "stage", "r/c");
        await _slipway.RunAsync("repo", "create", "data");
        await _slipway.PutAsync("data@master:/a", "1");
        string specification = Script("copy", Repo("data"), "cat /f /pfs/data/* > /pfs/out/copy$(ls /pfs/data)").Replace("\"busybox\"", "\"stage\"", StringComparison.Ordinal);
        string file = _slipway.Write("copy.json", specification);
        await _slipway.RunAsync("pipeline", "create", "-f", file);
        await _slipway.WaitAsync("data@master");

        _slipway.Write("r/c/README", "of no step");
        await CommitAsync(Second, "git add .");
        ImageDetails second = await BuildAsync("-t", "stage", "r/c");
        Assert.NotEqual(first.Digest, second.Digest);
        Assert.Equal((Time(Second), first.Layers.Count), (second.Created, second.Layers.Count));
        Assert.Equal(first.Layers, second.Layers);
        CommandOutput again = await _slipway.TryAsync("build", "-t", "stage", "--label", "x=y", "r/c");
        Assert.Contains("0 steps ran, 2 cached", again.Stdout, StringComparison.Ordinal);
        Assert.Contains("unchanged", await _slipway.RunAsync("pipeline", "update", "-f", file), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, (await _slipway.JsonAsync(ApiJson.Default.PipelineInfo, "pipeline", "inspect", "copy")).Version);

        // Where the image that the pipeline was made with is gone, one that runs the same stands in.
        await _slipway.RunAsync("rmi", "-f", first.Digest);
        await _slipway.PutAsync("data@master:/b", "2");
        await _slipway.WaitAsync("data@master");
        JobInfo job = await _slipway.LastJobAsync("copy");
        Assert.Equal((JobState.Succeeded, 1L, 1L), (job.State, job.Counts.Processed, job.Counts.Skipped));
        Assert.Equal("12", await _slipway.CatAsync("copy@master:/copyb"));

        // A file that is copied is another image to run.
        _slipway.Write("r/c/f", "changed ");
        await _slipway.RunAsync("build", "-t", "stage", "r/c");
        await _slipway.RunAsync("pipeline", "update", "-f", file);
        await _slipway.WaitAsync("data@master");
        Assert.Equal("changed 2", await _slipway.CatAsync("copy@master:/copyb"));

        // With none that runs the same nothing stands in, whatever the name means.
        await _slipway.RunAsync("rmi", "-f", "stage");
        await _slipway.RunAsync("tag", "busybox", "stage");
        await _slipway.PutAsync("data@master:/c", "3");
        await _slipway.WaitAsync("data@master");
        job = await _slipway.LastJobAsync("copy");
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("is not stored any more", job.Error + string.Join(' ', job.Datums!.Select(datum => datum.Reason)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shallow_clone_knows_it_of_the_whole_and_says_where_it_does_not()
    {
        _slipway.Write("r/Dockerfile", "FROM scratch\nCOPY c/f /f\n");
        await CommitAsync(Second, "git add .");
        await ShellAsync("git clone -q --depth 1 \"file://$PWD/r\" shallow");
        Assert.Equal(Time(Second), (await BuildAsync("shallow")).Created);
        await CutAsync("shallow/c");
        _slipway.SetEnvironment("SOURCE_DATE_EPOCH", "7");
        Assert.DoesNotContain("unshallow", (await _slipway.TryAsync("build", "shallow/c")).Stderr, StringComparison.Ordinal);
        _slipway.SetEnvironment("SOURCE_DATE_EPOCH", null);

        // A repository that is named by its address is fetched so too.
        _slipway.SetEnvironment("GIT_CONFIG_COUNT", "1");
        _slipway.SetEnvironment("GIT_CONFIG_KEY_0", $"url.file://{_slipway.Folder}/.insteadOf");
        _slipway.SetEnvironment("GIT_CONFIG_VALUE_0", "git://host/");
        Assert.Equal(Time(Second), (await BuildAsync("git://host/r#main")).Created);
        await CutAsync("git://host/r#main:c");

        await ShellAsync("cd shallow; git fetch -q --unshallow");
        Assert.Equal(Time(First), (await BuildAsync("shallow/c")).Created);

        async Task CutAsync(string context)
        {
            CommandOutput output = await _slipway.TryAsync("build", "-t", "cut", context);
            Assert.Contains("git fetch --unshallow", output.Stderr, StringComparison.Ordinal);
            Assert.Equal(Time(Constant), (await InspectAsync("cut")).Created);
        }
    }

    [Fact]
    public async Task Where_no_commit_is_known_it_is_the_constant_and_nothing_is_said()
    {
        _slipway.Write("bare/Dockerfile", "FROM scratch\nCOPY Dockerfile /f\n");
        _slipway.Write("r/.gitignore", "out");
        _slipway.Write("r/out/Dockerfile", "FROM scratch\nCOPY Dockerfile /f\n");
        await ShellAsync("mkdir new; cd new; git init -q .; cp ../bare/Dockerfile .");
        foreach (string folder in (string[])["bare", "r/out", "new"])
        {
            CommandOutput output = await _slipway.TryAsync("build", "-t", "undated", folder);
            Assert.True(output.ExitCode == 0, output.ToString());
            Assert.DoesNotContain("unshallow", output.Stderr, StringComparison.Ordinal);
            Assert.Equal(Time(Constant), (await InspectAsync("undated")).Created);
        }
    }

    /// <summary>As where a hook of git's builds: its variables name the repository that the hook is of, to the client and to a server that it starts.</summary>
    [Fact]
    public async Task Another_repository_in_the_environment_is_not_asked()
    {
        await ShellAsync("mkdir other; cd other; git init -q .");
        await _slipway.RunAsync("daemon", "stop");
        _slipway.SetEnvironment("GIT_DIR", Path.Combine(_slipway.Folder, "other", ".git"));
        _slipway.SetEnvironment("GIT_WORK_TREE", Path.Combine(_slipway.Folder, "other"));
        Assert.Equal(Time(First), (await BuildAsync("r/c")).Created);
        _slipway.SetEnvironment("SLIPWAY_HOST", "unix://" + Path.Combine(_slipway.Home, "slipway.sock"));
        Assert.Equal(Time(First), (await BuildAsync("r/c")).Created);
    }

    private async Task<ImageDetails> BuildAsync(params string[] arguments) => await InspectAsync((await _slipway.RunAsync(["build", "-q", .. arguments])).Trim());

    private Task<ImageDetails> InspectAsync(string image) => _slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", image);

    private Task CommitAsync(long time, string commands) => ShellAsync(
        $"cd r; export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t GIT_COMMITTER_DATE='{time} +0000'; {commands}; git commit -qm {time}");

    private async Task ShellAsync(string commands)
    {
        CommandOutput output = await ChildProcess.RunAsync("/bin/sh", ["-ec", commands], folder: _slipway.Folder);
        Assert.True(output.ExitCode == 0, output.ToString());
    }

    private static DateTimeOffset? Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
}
