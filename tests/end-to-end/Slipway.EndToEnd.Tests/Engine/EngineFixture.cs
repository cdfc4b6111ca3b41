using System.Collections.Immutable;
using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.EndToEnd.Engine;

/// <summary>An engine in a folder of its own, with a small image of Debian's static busybox.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private const string Applets =
        "sh true false cat echo sleep ls id env head dd wc tty stty mount umount touch rm mkdir ln pwd seq hostname tail kill stat test sync sha256sum tr mknod grep";

    private LocalBlobStore? _blobs;
    private ContainerEngine? _engine;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("slipway-engine-").FullName;

    public LocalBlobStore Blobs => _blobs!;

    public SnapshotStore Snapshots { get; private set; } = null!;

    public ContainerEngine Engine => _engine!;

    public Image Image { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _blobs = await LocalBlobStore.OpenAsync(Path.Combine(Directory, "blobs"), CancellationToken.None);
        Snapshots = new SnapshotStore(Path.Combine(Directory, "snapshots"), Blobs);
        Image = await MakeImageAsync();
        await OpenAsync();
    }

    /// <summary>Closes the engine and opens another one on the same folder, as a server that is started again does.</summary>
    public async Task ReopenAsync()
    {
        await Engine.DisposeAsync();
        await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (ContainerInfo container in Engine.List(all: true))
        {
            await Engine.RemoveAsync(container.Id, force: true, CancellationToken.None);
        }

        await Engine.DisposeAsync();
        await Snapshots.DisposeAsync();
        await Blobs.DisposeAsync();
        DirectoryTree.Delete(Directory);
    }

    /// <summary>An image of these layers, bottom first.</summary>
    public static Image ImageOf(ImageConfig config, params ImmutableArray<Layer> layers) =>
        new(Digest.Of(string.Join(' ', layers.Select(layer => layer.DiffId))), Digest.Of("config"), config with { DiffIds = [.. layers.Select(layer => layer.DiffId)] }, layers);

    /// <summary>A layer of these entries.</summary>
    public async Task<Layer> LayerAsync(params LayerEntry[] entries) =>
        await LayerWriter.StoreAsync(Blobs, writer => Array.ForEach(entries, writer.Write), CancellationToken.None);

    public static LayerEntry Folder(string path, int mode = 0x1ED) => new(path, LayerEntryKind.Directory) { Mode = mode };

    public static LayerEntry File(string path, string text, int mode = 0x1A4) => File(path, Encoding.UTF8.GetBytes(text), mode);

    public static LayerEntry File(string path, byte[] content, int mode = 0x1A4) =>
        new(path, LayerEntryKind.File) { Mode = mode, Size = content.Length, Content = new MemoryStream(content) };

    public static LayerEntry Symlink(string path, string target) => new(path, LayerEntryKind.Symlink) { Mode = 0x1FF, LinkTarget = target };

    private async Task OpenAsync() =>
        _engine = await ContainerEngine.OpenAsync(new EngineOptions(Path.Combine(Directory, "engine")), Snapshots, TimeProvider.System, CancellationToken.None);

    private async Task<Image> MakeImageAsync()
    {
        LayerEntry[] entries =
        [
            Folder("bin"), File("bin/busybox", await System.IO.File.ReadAllBytesAsync("/bin/busybox"), 0x1ED),
            .. Applets.Split(' ').Select(applet => Symlink($"bin/{applet}", "busybox")),
            Folder("etc"), Folder("root"), Folder("tmp", 0x3FF), Folder("data"), File("data/seed", "seed\n"),
            File("etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1001::/home/ann:/bin/sh\n"),
            File("etc/group", "root:x:0:\nann:x:1001:\nextra:x:44:ann\n"),
            File("etc/plain", "not a program"),
        ];
        return ImageOf(new ImageConfig { Cmd = ["sh"] }, await LayerAsync(entries));
    }
}
