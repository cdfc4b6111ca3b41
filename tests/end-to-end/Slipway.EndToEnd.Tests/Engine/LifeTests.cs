using System.Text;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Linux;

namespace Slipway.EndToEnd.Engine;

public sealed class LifeTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private ContainerEngine Engine => fixture.Engine;

    [Fact]
    public async Task A_container_goes_from_created_to_running_to_exited_and_can_start_again()
    {
        ContainerInfo made = await Engine.CreateAsync(Spec("sh", "-c", "echo line; cat /kept; echo $((`cat /kept` + 1)) > /kept; exit 4"), CancellationToken.None);
        Assert.Equal(ContainerStatus.Created, made.Status);
        for (int round = 0; round < 2; round++)
        {
            await Engine.StartAsync(made.Id, CancellationToken.None);
            Assert.Equal(4, (await Engine.WaitAsync(made.Id, CancellationToken.None)).Code);
            ContainerInfo ended = Engine.Get(made.Name);
            Assert.Equal((ContainerStatus.Exited, 4), (ended.Status, ended.ExitCode));
            Assert.True(ended.Finished >= ended.Started);
        }

        List<LogLine> log = await LogAsync(made.Id, follow: true);
        Assert.Equal(["line\n", "line\n", "1\n"], log.Where(line => line.Stream == StreamKind.Stdout).Select(Text));
        await Engine.RemoveAsync(made.Id, force: false, CancellationToken.None);
        Assert.Null(Engine.Find(made.Name));
    }

    [Fact]
    public async Task A_followed_log_ends_with_the_container()
    {
        ContainerInfo container = await StartAsync(Spec("sh", "-c", "echo first; cat; printf last") with { OpenStdin = true });
        await using ContainerStreams streams = await Engine.AttachAsync(container.Id, CancellationToken.None);
        await using IAsyncEnumerator<LogLine> log = Engine.LogsAsync(container.Id, follow: true, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await log.MoveNextAsync());
        Assert.Equal("first\n", Text(log.Current));
        await streams.WriteStdinAsync("second\n"u8.ToArray(), CancellationToken.None);
        Assert.True(await log.MoveNextAsync());
        Assert.Equal("second\n", Text(log.Current));
        await streams.CloseStdinAsync(CancellationToken.None);
        Assert.True(await log.MoveNextAsync());
        Assert.Equal("last", Text(log.Current).TrimEnd('\n'));
        Assert.False(await log.MoveNextAsync());
    }

    [Fact]
    public async Task Stop_sends_the_stop_signal_and_a_deaf_container_is_killed()
    {
        ContainerInfo polite = await StartAsync(Spec("sh", "-c", "trap 'exit 5' USR1; echo ready; while :; do sleep 0.05; done") with { StopSignal = "USR1" });
        await FirstLineAsync(polite.Id);
        await Engine.StopAsync(polite.Id, TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.Equal(5, Engine.Get(polite.Name).ExitCode);

        ContainerInfo deaf = await StartAsync(Spec("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"));
        await FirstLineAsync(deaf.Id);
        await Engine.StopAsync(deaf.Id, TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(137, Engine.Get(deaf.Name).ExitCode);
    }

    [Fact]
    public async Task A_signal_reaches_the_container()
    {
        ContainerInfo container = await StartAsync(Spec("sh", "-c", "trap 'exit 6' INT; echo ready; while :; do sleep 0.05; done"));
        await FirstLineAsync(container.Id);
        await Engine.KillAsync(container.Id, SignalName.Parse("INT"), CancellationToken.None);
        Assert.Equal(6, (await Engine.WaitAsync(container.Id, CancellationToken.None)).Code);
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await Engine.KillAsync(container.Id, 9, CancellationToken.None));
        Assert.Equal(ErrorKind.FailedPrecondition, fault.Kind);
    }

    [Fact]
    public async Task Names_are_unique_and_lookups_say_what_there_is()
    {
        ContainerInfo first = await Engine.CreateAsync(Spec("true") with { Name = "harbour" }, CancellationToken.None);
        SlipwayException taken = await Assert.ThrowsAsync<SlipwayException>(async () => await Engine.CreateAsync(Spec("true") with { Name = "harbour" }, CancellationToken.None));
        Assert.Equal(ErrorKind.AlreadyExists, taken.Kind);
        Assert.Equal(first.Id, Engine.Get("harbour").Id);
        Assert.Equal(first.Id, Engine.Get(first.Id.Short).Id);
        Assert.Equal(first.Id, Engine.Get(first.Id.ToString()).Id);
        SlipwayException missing = Assert.Throws<SlipwayException>(() => Engine.Get("nowhere"));
        Assert.Contains("harbour", missing.Hint, StringComparison.Ordinal);
        await Engine.RemoveAsync(first.Id, force: false, CancellationToken.None);
        ContainerInfo again = await Engine.CreateAsync(Spec("true") with { Name = "harbour" }, CancellationToken.None);
        Assert.NotEqual(first.Id, again.Id);
    }

    [Fact]
    public async Task A_running_container_is_removed_only_by_force()
    {
        ContainerInfo container = await StartAsync(Spec("sleep", "1000"));
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await Engine.RemoveAsync(container.Id, force: false, CancellationToken.None));
        Assert.Equal(ErrorKind.FailedPrecondition, fault.Kind);
        await Engine.RemoveAsync(container.Id, force: true, CancellationToken.None);
        await AssertNothingLeftAsync(container.Id, container.Pid!.Value);
    }

    [Fact]
    public async Task One_that_removes_itself_is_gone_when_its_end_is_told()
    {
        ContainerInfo container = await StartAsync(Spec("sh", "-c", "exit 3") with { AutoRemove = true });
        Assert.Equal(3, (await Engine.WaitAsync(container.Id, CancellationToken.None)).Code);
        Assert.Null(Engine.Find(container.Name));
        await AssertNothingLeftAsync(container.Id, container.Pid!.Value);
    }

    [Fact]
    public async Task An_image_volume_begins_with_what_the_image_has_there_and_stays_out_of_the_layer()
    {
        ContainerSpec spec = Spec("sh", "-c", "cat /data/seed; echo new > /data/new") with
        {
            Image = fixture.Image with { Config = fixture.Image.Config with { Volumes = fixture.Image.Config.Volumes.Add("/data") } },
        };
        ContainerInfo container = await StartAsync(spec);
        Assert.Equal(0, (await Engine.WaitAsync(container.Id, CancellationToken.None)).Code);
        Assert.Equal("seed\n", Text(Assert.Single(await LogAsync(container.Id, follow: false))));
        Assert.False(Path.Exists(Path.Combine(Engine.UpperDirectory(container.Id), "data", "new")));
    }

    [Fact]
    public async Task Exec_runs_beside_the_first_process()
    {
        ContainerInfo container = await StartAsync(Spec("sleep", "1000") with { Environment = ["A=container"] });
        Assert.Equal((3, "container exec /tmp 1000\n"), await ExecAsync(container.Id, new ExecSpec { Command = ["sh", "-c", "echo $A $B $PWD $(id -u); exit 3"], Environment = ["B=exec"], WorkingDirectory = "/tmp", User = "ann" }));
        Assert.Equal((0, "in and out"), await ExecAsync(container.Id, new ExecSpec { Command = ["cat"], OpenStdin = true }, "in and out"));
        Assert.Equal((0, "/dev/pts/0\r\n"), await ExecAsync(container.Id, new ExecSpec { Command = ["tty"], Tty = true }));
        (int code, string text) = await ExecAsync(container.Id, new ExecSpec { Command = ["seq", "1", "100000"] });
        Assert.Equal((0, string.Concat(Enumerable.Range(1, 100_000).Select(n => $"{n}\n"))), (code, text));
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await Engine.ExecAsync(container.Id, new ExecSpec { Command = ["nosuch"] }, CancellationToken.None));
        Assert.Equal(ErrorKind.NotFound, fault.Kind);
        Assert.Equal(ContainerStatus.Running, Engine.Get(container.Name).Status);
    }

    private static ContainerSpec SpecOf(EngineFixture fixture, string[] command) => new() { Image = fixture.Image, Command = command };

    private ContainerSpec Spec(params string[] command) => SpecOf(fixture, command);

    private async Task<ContainerInfo> StartAsync(ContainerSpec spec)
    {
        ContainerInfo container = await Engine.CreateAsync(spec, CancellationToken.None);
        TaskCompletionSource<ContainerInfo> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Note(ContainerEvent happened)
        {
            if (happened is { Kind: ContainerEventKind.Started } && happened.Container.Id == container.Id)
            {
                started.TrySetResult(happened.Container);
            }
        }

        Engine.Changed += Note;
        try
        {
            await Engine.StartAsync(container.Id, CancellationToken.None);
            return await started.Task;
        }
        finally
        {
            Engine.Changed -= Note;
        }
    }

    private async Task<(int Code, string Text)> ExecAsync(ContainerId id, ExecSpec spec, string? stdin = null)
    {
        await using ExecSession session = await Engine.ExecAsync(id, spec, CancellationToken.None);
        if (stdin is not null)
        {
            await session.Streams.WriteStdinAsync(Encoding.UTF8.GetBytes(stdin), CancellationToken.None);
            await session.Streams.CloseStdinAsync(CancellationToken.None);
        }

        MemoryStream text = new();
        while (await session.Streams.ReadAsync(CancellationToken.None) is { } chunk)
        {
            text.Write(chunk.Content.Span);
        }

        return (await session.WaitAsync(CancellationToken.None), Encoding.UTF8.GetString(text.ToArray()));
    }

    private async Task FirstLineAsync(ContainerId id)
    {
        await foreach (LogLine _ in Engine.LogsAsync(id, follow: true, CancellationToken.None))
        {
            return;
        }
    }

    private async Task<List<LogLine>> LogAsync(ContainerId id, bool follow)
    {
        List<LogLine> lines = [];
        await foreach (LogLine line in Engine.LogsAsync(id, follow, CancellationToken.None))
        {
            lines.Add(line);
        }

        return lines;
    }

    private async Task AssertNothingLeftAsync(ContainerId id, int pid)
    {
        Assert.Null(Libc.OpenProcess(pid));
        Assert.DoesNotContain(id.ToString(), await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", $"*{id}*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Directory, $"*{id}*", SearchOption.AllDirectories));
    }

    private static string Text(LogLine line) => Encoding.UTF8.GetString(line.Content.Span);
}
