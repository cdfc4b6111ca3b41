using System.Text;
using Slipway.Engine;
using Slipway.Linux;

namespace Slipway.EndToEnd.Engine;

/// <summary>What a server finds that is started again after another one has gone.</summary>
public sealed class RecoveryTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task Running_containers_are_taken_over_and_ended_ones_are_known()
    {
        ContainerInfo running = await StartAsync("running", "cat; exit 9", autoRemove: false);
        ContainerInfo removing = await StartAsync("removing", "cat", autoRemove: true);
        ContainerInfo ended = await StartAsync("ended", "echo said; exit 4", autoRemove: false, stdin: false);
        await fixture.Engine.WaitAsync(ended.Id, CancellationToken.None);
        ContainerInfo waiting = await fixture.Engine.CreateAsync(Spec("waiting", "exit 2", autoRemove: false, stdin: false), CancellationToken.None);

        await fixture.ReopenAsync();

        Assert.Equal(ContainerStatus.Running, fixture.Engine.Get("running").Status);
        Assert.Equal((ContainerStatus.Exited, 4), (fixture.Engine.Get("ended").Status, fixture.Engine.Get("ended").ExitCode));
        Assert.Equal(ContainerStatus.Created, fixture.Engine.Get("waiting").Status);
        Assert.Equal(4, (await fixture.Engine.WaitAsync(ended.Id, CancellationToken.None)).Code);

        await using (ContainerStreams streams = await fixture.Engine.AttachAsync(running.Id, CancellationToken.None))
        {
            await streams.WriteStdinAsync("heard\n"u8.ToArray(), CancellationToken.None);
            Assert.Equal("heard\n", Encoding.UTF8.GetString((await streams.ReadAsync(CancellationToken.None))!.Value.Content.Span));
            await using ExecSession exec = await fixture.Engine.ExecAsync(running.Id, new ExecSpec { Command = ["id", "-u"], User = "ann" }, CancellationToken.None);
            Assert.Equal("1000\n", Encoding.UTF8.GetString((await exec.Streams.ReadAsync(CancellationToken.None))!.Value.Content.Span));
            Assert.Equal(0, await exec.WaitAsync(CancellationToken.None));
            await streams.CloseStdinAsync(CancellationToken.None);
            Assert.Equal(9, (await fixture.Engine.WaitAsync(running.Id, CancellationToken.None)).Code);
        }

        await fixture.Engine.KillAsync(removing.Id, 9, CancellationToken.None);
        await fixture.Engine.WaitAsync(removing.Id, CancellationToken.None);
        Assert.Null(fixture.Engine.Find("removing"));
        await fixture.Engine.StartAsync(waiting.Id, CancellationToken.None);
        Assert.Equal(2, (await fixture.Engine.WaitAsync(waiting.Id, CancellationToken.None)).Code);
        Assert.Null(Libc.OpenProcess(running.Pid!.Value));
    }

    [Fact]
    public async Task What_ended_while_no_server_was_there_has_its_exit_code()
    {
        ContainerInfo container = await StartAsync("unseen", "cat; exit 8", autoRemove: false);
        using Microsoft.Win32.SafeHandles.SafeFileHandle process = Libc.OpenProcess(container.Pid!.Value)!;
        await fixture.Engine.DisposeAsync();
        Libc.SendSignal(process, 9);
        Libc.WaitReadable(process, 30_000);
        await fixture.ReopenAsync();
        Assert.Equal(137, (await fixture.Engine.WaitAsync(container.Id, CancellationToken.None)).Code);
        Assert.Equal(137, fixture.Engine.Get("unseen").ExitCode);
    }

    [Fact]
    public async Task A_container_whose_supervisor_is_killed_does_not_run_on_unseen()
    {
        ContainerInfo container = await StartAsync("orphan", "sleep 1000", autoRemove: false);
        using Microsoft.Win32.SafeHandles.SafeFileHandle process = Libc.OpenProcess(container.Pid!.Value)!;
        string stat = await File.ReadAllTextAsync($"/proc/{container.Pid}/stat");
        int supervisor = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        Libc.SendSignal(supervisor, 9);
        Assert.Equal(255, (await fixture.Engine.WaitAsync(container.Id, CancellationToken.None)).Code);
        Assert.True(Libc.WaitReadable(process, 30_000));
        Assert.Contains("conmon", fixture.Engine.Get("orphan").Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_servers_ephemeral_runs_are_killed_and_removed()
    {
        ContainerInfo container = await fixture.Engine.CreateAsync(ContainerRun.Spec(fixture, "sleep", "1000"), CancellationToken.None);
        await fixture.Engine.StartAsync(container.Id, CancellationToken.None);
        int pid = fixture.Engine.Get(container.Id.ToString()).Pid!.Value;

        // As a kill would, this leaves the run behind: another folder's engine takes over where the first one's lock is gone.
        string copy = Path.Combine(fixture.Directory, "engine", "containers", container.Id.ToString());
        Assert.True(Directory.Exists(copy));
        await fixture.ReopenAsync();
        Assert.Null(Libc.OpenProcess(pid));
        Assert.False(Directory.Exists(copy));
        Assert.Null(fixture.Engine.Find(container.Id.ToString()));
    }

    private ContainerSpec Spec(string name, string script, bool autoRemove, bool stdin) =>
        new() { Image = fixture.Image, Command = ["sh", "-c", script], Name = name, AutoRemove = autoRemove, OpenStdin = stdin };

    private async Task<ContainerInfo> StartAsync(string name, string script, bool autoRemove, bool stdin = true)
    {
        ContainerInfo container = await fixture.Engine.CreateAsync(Spec(name, script, autoRemove, stdin), CancellationToken.None);
        await fixture.Engine.StartAsync(container.Id, CancellationToken.None);
        return fixture.Engine.Get(name);
    }
}
