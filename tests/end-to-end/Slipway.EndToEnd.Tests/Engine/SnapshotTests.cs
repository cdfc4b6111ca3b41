using System.Text;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.EndToEnd.Engine;

public sealed class SnapshotTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private static readonly DateTimeOffset Clamp = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);

    [Fact]
    public async Task What_a_step_changes_becomes_a_layer_that_gives_the_same_files_again()
    {
        const string script = "rm /etc/plain; rm -r /data; mkdir /data; echo new > /data/file; chmod 4755 /data/file; ln /data/file /data/hard; ln -s ../x /data/soft; mkdir -p /a/b; chmod 700 /a/b";
        ContainerInfo container = await fixture.Engine.CreateAsync(ContainerRun.Spec(fixture, "sh", "-c", script), CancellationToken.None);
        await fixture.Engine.StartAsync(container.Id, CancellationToken.None);
        Assert.Equal(0, (await fixture.Engine.WaitAsync(container.Id, CancellationToken.None)).Code);
        Layer layer = await fixture.Snapshots.CommitAsync(fixture.Image.ChainId(1), fixture.Engine.UpperDirectory(container.Id), Clamp, CancellationToken.None);
        await fixture.Engine.RemoveAsync(container.Id, force: false, CancellationToken.None);

        Assert.Equal(
            ["Directory a", "Directory a/b", "Directory data", "File data/.wh..wh..opq", "File data/file", "HardLink data/hard", "Symlink data/soft", "Directory etc", "File etc/.wh.plain"],
            await EntriesAsync(layer));

        // The committed directory and one unpacked from the blob show the same.
        Image image = EngineFixture.ImageOf(fixture.Image.Config, [fixture.Image.Layers[0], layer]);
        string committed = await ShowAsync(image);
        await fixture.Snapshots.RemoveUnusedAsync(new HashSet<Digest>(), CancellationToken.None);
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(fixture.Directory, "snapshots")), path => Path.GetFileName(path).Length == 64);
        string unpacked = await ShowAsync(image);
        Assert.Equal(committed, unpacked);
        Assert.Contains("-rwsr-xr-x", unpacked, StringComparison.Ordinal);
        Assert.DoesNotContain("seed", unpacked, StringComparison.Ordinal);
        Assert.DoesNotContain("plain", unpacked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_change_is_the_same_layer()
    {
        Layer[] layers = new Layer[2];
        for (int round = 0; round < 2; round++)
        {
            ContainerInfo container = await fixture.Engine.CreateAsync(ContainerRun.Spec(fixture, "sh", "-c", "for i in 3 1 2; do echo $i > /f$i; done"), CancellationToken.None);
            await fixture.Engine.StartAsync(container.Id, CancellationToken.None);
            await fixture.Engine.WaitAsync(container.Id, CancellationToken.None);
            layers[round] = await fixture.Snapshots.CommitAsync(fixture.Image.ChainId(1), fixture.Engine.UpperDirectory(container.Id), Clamp, CancellationToken.None);
            await fixture.Engine.RemoveAsync(container.Id, force: false, CancellationToken.None);
        }

        Assert.Equal(layers[0].DiffId, layers[1].DiffId);
        Assert.Equal(["File f1", "File f2", "File f3"], await EntriesAsync(layers[0]));
    }

    [Fact]
    public async Task Whiteouts_speak_of_the_layers_below_wherever_they_stand()
    {
        Layer bottom = await fixture.LayerAsync(EngineFixture.Folder("d"), EngineFixture.File("d/old", "old"), EngineFixture.File("gone", "x"), EngineFixture.File("replaced", "old"));
        Layer top = await fixture.LayerAsync(
            EngineFixture.File("d/new", "new"),
            LayerEntry.OpaqueMarkerOf("d", default),
            LayerEntry.WhiteoutOf("gone", default),
            EngineFixture.File("replaced", "new"),
            LayerEntry.WhiteoutOf("replaced", default));
        string text = await ShowAsync(EngineFixture.ImageOf(fixture.Image.Config, [fixture.Image.Layers[0], bottom, top]), "ls / /d; cat /replaced /d/new");
        Assert.DoesNotContain("old", text, StringComparison.Ordinal);
        Assert.DoesNotContain("gone", text, StringComparison.Ordinal);
        Assert.EndsWith("newnew", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hard_link_to_a_lower_layer_becomes_a_file_and_a_missing_parent_keeps_its_mode()
    {
        Layer bottom = await fixture.LayerAsync(EngineFixture.Folder("private", 0x1C0), EngineFixture.File("private/file", "text", 0x180), EngineFixture.Symlink("way", "private"));
        Layer top = await fixture.LayerAsync(
            new LayerEntry("link", LayerEntryKind.HardLink) { LinkTarget = "private/file" }, EngineFixture.File("way/more", "more"));
        string text = await ShowAsync(EngineFixture.ImageOf(fixture.Image.Config, [fixture.Image.Layers[0], bottom, top]), "cat /link /private/more; stat -c %a /private /link; stat -c %N /way");
        Assert.Equal("textmore700\n600\n'/way' -> 'private'\n", text);
    }

    [Theory]
    [InlineData("symlink-then-write")]
    [InlineData("relative-symlink")]
    [InlineData("symlink-chain")]
    public async Task A_tar_that_writes_through_a_symlink_stays_beneath_the_root(string attack)
    {
        string name = $"slipway-escape-{Guid.NewGuid():n}";
        LayerEntry[] entries = attack switch
        {
            "symlink-then-write" => [EngineFixture.Symlink("out", "/tmp"), EngineFixture.File($"out/{name}", "x")],
            "relative-symlink" => [EngineFixture.Symlink("out", "../../../../../../../../tmp"), EngineFixture.File($"out/{name}", "x")],
            _ => [EngineFixture.Symlink("a", "/proc/self/root"), EngineFixture.Symlink("b", "a/tmp"), EngineFixture.File($"b/{name}", "x")],
        };
        Image image = EngineFixture.ImageOf(fixture.Image.Config, await fixture.LayerAsync(entries));
        Rootfs rootfs = await fixture.Snapshots.PrepareAsync(image, CancellationToken.None);
        Assert.False(Path.Exists($"/tmp/{name}"));
        Assert.Single(Directory.EnumerateFiles(rootfs.LowerDirectories[0], name, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }));
    }

    [Theory]
    [InlineData("hard-link-out")]
    [InlineData("hard-link-through-symlink")]
    [InlineData("whiteout-of-parent")]
    [InlineData("whiteout-device")]
    [InlineData("symlink-ring")]
    [InlineData("below-a-file")]
    public async Task A_hostile_entry_is_refused_by_name(string attack)
    {
        LayerEntry[] entries = attack switch
        {
            "hard-link-out" => [new LayerEntry("stolen", LayerEntryKind.HardLink) { LinkTarget = "etc/shadow" }],
            "hard-link-through-symlink" => [EngineFixture.Symlink("out", "/etc"), new LayerEntry("stolen", LayerEntryKind.HardLink) { LinkTarget = "out/shadow" }],
            "whiteout-of-parent" => [EngineFixture.Folder("stolen"), EngineFixture.File("stolen/.wh...", "")],
            "whiteout-device" => [new LayerEntry("stolen", LayerEntryKind.CharacterDevice) { Mode = 0x180 }],
            "symlink-ring" => [EngineFixture.Symlink("a", "b"), EngineFixture.Symlink("b", "a"), EngineFixture.File("a/stolen", "x")],
            _ => [EngineFixture.File("file", "x"), EngineFixture.File("file/stolen", "x")],
        };
        Image image = EngineFixture.ImageOf(fixture.Image.Config, await fixture.LayerAsync(entries));
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await fixture.Snapshots.PrepareAsync(image, CancellationToken.None));
        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Contains(attack is "symlink-ring" ? "a" : attack is "below-a-file" ? "file" : "stolen", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(fixture.Directory, "snapshots", "tmp")));
    }

    [Fact]
    public async Task A_layer_that_is_not_what_the_config_says_is_refused()
    {
        Layer layer = await fixture.LayerAsync(EngineFixture.File("f", "x"));
        Image image = EngineFixture.ImageOf(fixture.Image.Config, layer with { DiffId = Digest.Of("something else") });
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await fixture.Snapshots.PrepareAsync(image, CancellationToken.None));
        Assert.Equal(ErrorKind.Corrupt, fault.Kind);
    }

    [Fact]
    public async Task Many_callers_unpack_a_layer_once_and_all_get_it()
    {
        Layer layer = await fixture.LayerAsync([.. Enumerable.Range(0, 300).Select(n => EngineFixture.File($"f{n}", $"{n}"))]);
        Image image = EngineFixture.ImageOf(fixture.Image.Config, layer);
        Rootfs[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.Snapshots.PrepareAsync(image, CancellationToken.None).AsTask()));
        Assert.Single(all.Select(rootfs => rootfs.LowerDirectories[0]).Distinct());
        Assert.Equal(300, Directory.GetFiles(all[0].LowerDirectories[0]).Length);
    }

    [Fact]
    public async Task An_image_of_a_hundred_layers_runs()
    {
        List<Layer> layers = [fixture.Image.Layers[0]];
        for (int n = 0; n < 100; n++)
        {
            layers.Add(await fixture.LayerAsync(EngineFixture.File($"layer{n}", $"{n}")));
        }

        Assert.Equal("100\n", await ShowAsync(EngineFixture.ImageOf(fixture.Image.Config, [.. layers]), "ls / | grep -c layer"));
    }

    [Fact]
    public async Task Xattrs_holes_devices_and_times_are_kept()
    {
        byte[] sparse = new byte[4 << 20];
        sparse[^1] = 1;
        LayerEntry file = EngineFixture.File("file", sparse) with { ModifiedTime = new UnixTime(1_234_567_890, 123_456_789) };
        file = file with { Xattrs = file.Xattrs.Add("user.colour", "blue"u8.ToArray()).Add("trusted.overlay.opaque", "y"u8.ToArray()) };
        Layer layer = await fixture.LayerAsync(file, new LayerEntry("null", LayerEntryKind.CharacterDevice) { Mode = 0x1B6, DeviceMajor = 1, DeviceMinor = 3, Uid = 5, Gid = 6 }, new LayerEntry("pipe", LayerEntryKind.Fifo) { Mode = 0x180 });
        Rootfs rootfs = await fixture.Snapshots.PrepareAsync(EngineFixture.ImageOf(fixture.Image.Config, layer), CancellationToken.None);
        string root = rootfs.LowerDirectories[0];
        FileStatus status = Libc.Status($"{root}/file");
        Assert.Equal((1_234_567_890, 123_456_789u, (long)sparse.Length), (status.ModifiedSeconds, status.ModifiedNanoseconds, status.Size));
        Assert.Equal("blue", Encoding.UTF8.GetString(Libc.GetXattr($"{root}/file", "user.colour")!));
        Assert.Null(Libc.GetXattr($"{root}/file", "trusted.overlay.opaque"));
        FileStatus device = Libc.Status($"{root}/null");
        Assert.True(device.IsCharacterDevice);
        Assert.Equal((((ulong)1 << 32) | 3, 5u, 6u, 0x1B6), (device.NodeDevice, device.User, device.Group, device.Permissions));
        Assert.True(Libc.Status($"{root}/pipe").IsFifo);
    }

    private async Task<string> ShowAsync(Image image, string script = "ls -la /data /etc /a; cat /data/hard")
    {
        ContainerRun run = await ContainerRun.OfAsync(fixture, new ContainerSpec { Image = image, Command = ["sh", "-c", script], Ephemeral = true });
        Assert.True(run.Exit.Code == 0, run.Stderr);
        return string.Join('\n', run.Stdout.Split('\n').Where(line => !line.EndsWith(" ..", StringComparison.Ordinal)));
    }

    private async Task<List<string>> EntriesAsync(Layer layer)
    {
        using LayerReader reader = LayerReader.Open(await fixture.Blobs.OpenAsync(layer.Descriptor.Digest, CancellationToken.None));
        List<string> entries = [];
        while (reader.Read() is { } entry)
        {
            Assert.True(entry.ModifiedTime <= UnixTime.From(Clamp));
            entries.Add($"{entry.Kind} {entry.Path}");
        }

        return entries;
    }
}
