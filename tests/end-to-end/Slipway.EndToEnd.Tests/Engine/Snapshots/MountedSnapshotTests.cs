using System.Collections.Immutable;
using System.IO.Compression;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.EndToEnd.Engine.Snapshots;

/// <summary>Layer mounts over their life: made, found by the next server, held by who reads, removed.</summary>
public sealed class MountedSnapshotTests : IAsyncLifetime
{
    private const int FileBytes = 300_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-mounts-").FullName;
    private readonly byte[] _content = new byte[FileBytes];
    private LocalBlobStore _blobs = null!;

    private string Snapshots => Path.Combine(_folder, "snapshots");

    public async Task InitializeAsync()
    {
        new Random(1).NextBytes(_content);
        _blobs = await LocalBlobStore.OpenAsync(Path.Combine(_folder, "blobs"), TimeProvider.System, default);
    }

    public async Task DisposeAsync()
    {
        await _blobs.DisposeAsync();
        LayerMounts.UnmountLeftovers(Snapshots);
        DirectoryTree.Delete(_folder);
    }

    [Fact]
    public async Task A_plain_layer_is_mounted_over_its_blob_and_nothing_is_copied()
    {
        await using SnapshotStore store = Store();
        Rootfs rootfs = await store.PrepareAsync(ImageOf(await PlainAsync()), default);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(rootfs.LowerDirectories[0], "file")));
        Assert.Throws<LinuxException>(() => Libc.Open(Path.Combine(rootfs.LowerDirectories[0], "file"), OpenFlags.ReadWrite));
        Assert.InRange(FolderSize.Of(Snapshots, default), 1, 20_000);
    }

    [Fact]
    public async Task Layers_stack_and_know_those_below()
    {
        await using SnapshotStore store = Store();
        Layer bottom = await PlainAsync(new LayerEntry("d", LayerEntryKind.Directory) { Mode = 0x1C0, Uid = 5 }, Entry("d/gone"));
        Layer top = await PlainAsync(LayerEntry.WhiteoutOf("d/gone", default), Entry("d/new"));
        Layer hiding = await PlainAsync(LayerEntry.OpaqueMarkerOf("", default), Entry("only"));
        Rootfs two = await store.PrepareAsync(ImageOf(bottom, top), default);
        string target = Directory.CreateDirectory(Path.Combine(_folder, "view")).FullName;
        await using (OverlayMount mount = OverlayMount.MountReadOnly(two.LowerDirectories, target))
        {
            Assert.Equal(["new"], Directory.GetFileSystemEntries(Path.Combine(target, "d")).Select(Path.GetFileName));
            Assert.Equal((5u, 0x1C0), (Libc.Status(target + "/d").User, Libc.Status(target + "/d").Permissions));
            Assert.Equal(Libc.Status(target).Device, Libc.Status(target + "/d/new").Device);
        }

        Assert.Single((await store.PrepareAsync(ImageOf(bottom, top, hiding), default)).LowerDirectories);
    }

    [Fact]
    public async Task The_next_server_mounts_it_again_without_making_it_again()
    {
        Image image = ImageOf(await PlainAsync());
        string path;
        await using (SnapshotStore first = Store())
        {
            path = (await first.PrepareAsync(image, default)).LowerDirectories[0];
        }

        Assert.Empty(Directory.GetFileSystemEntries(path));
        DateTime made = File.GetLastWriteTimeUtc(ImageFileOf(path));
        await using SnapshotStore second = Store();
        Assert.Equal(path, (await second.PrepareAsync(image, default)).LowerDirectories[0]);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(path, "file")));
        Assert.Equal(made, File.GetLastWriteTimeUtc(ImageFileOf(path)));
    }

    [Fact]
    public async Task What_a_killed_server_has_left_mounted_is_harmless()
    {
        Image image = ImageOf(await PlainAsync());
        SnapshotStore killed = Store();
        string path = (await killed.PrepareAsync(image, default)).LowerDirectories[0];
        await using SnapshotStore next = Store();
        await next.PrepareAsync(image, default);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(path, "file")));
        await next.RemoveUnusedAsync(ImmutableHashSet<Digest>.Empty, default);
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task A_layer_whose_blob_is_gone_is_made_again_from_the_one_that_is_there()
    {
        Layer plain = await PlainAsync();
        Layer compressed = await CompressedAsync(plain);
        await using (SnapshotStore first = Store())
        {
            await first.PrepareAsync(ImageOf(plain), default);
        }

        await _blobs.DeleteAsync([plain.Descriptor.Digest], default);
        await using SnapshotStore second = Store();
        await Assert.ThrowsAsync<SlipwayException>(async () => await second.PrepareAsync(ImageOf(plain), default));
        Rootfs rootfs = await second.PrepareAsync(ImageOf(compressed), default);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(rootfs.LowerDirectories[0], "file")));
    }

    [Fact]
    public async Task A_compressed_layer_is_one_tar_beside_its_image_and_outlives_its_blob()
    {
        Layer layer = await CompressedAsync(await PlainAsync());
        await _blobs.DeleteAsync([layer.DiffId], default);
        string path;
        await using (SnapshotStore first = Store())
        {
            path = (await first.PrepareAsync(ImageOf(layer), default)).LowerDirectories[0];
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "layer.tar")));
        }

        await _blobs.DeleteAsync([layer.Descriptor.Digest], default);
        await using SnapshotStore second = Store();
        await second.PrepareAsync(ImageOf(layer), default);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(path, "file")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_compressed_layer_that_is_not_what_the_config_says_is_refused(bool isStored)
    {
        Digest other = isStored ? (await PlainAsync(Entry("another's"))).DiffId : Digest.Of("something else");
        Layer layer = await CompressedAsync(await PlainAsync()) with { DiffId = other };
        await using SnapshotStore store = Store();
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await store.PrepareAsync(ImageOf(layer), default));
        Assert.Equal(ErrorKind.Corrupt, fault.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Snapshots, "tmp")));
    }

    [Fact]
    public async Task A_blob_that_the_disk_changed_is_not_mounted()
    {
        Layer layer = await PlainAsync();
        await _blobs.FlushAsync(default);
        string file = Directory.GetFiles(Path.Combine(_folder, "blobs", "loose"), layer.DiffId.Hex, SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (FileStream damage = new(file, FileMode.Open, FileAccess.ReadWrite))
        {
            damage.Position = 1000;
            damage.WriteByte(unchecked((byte)~_content[0]));
        }

        await using SnapshotStore store = Store();
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await store.PrepareAsync(ImageOf(layer), default));
        Assert.Equal(ErrorKind.Corrupt, fault.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Snapshots, "tmp")));
    }

    [Fact]
    public async Task Who_reads_a_removed_snapshot_keeps_it_and_who_uses_one_keeps_it_from_being_removed()
    {
        Layer layer = await PlainAsync();
        await using SnapshotStore store = Store();
        Rootfs rootfs = await store.PrepareAsync(ImageOf(layer), default);
        using (store.Use(rootfs))
        {
            await store.RemoveUnusedAsync(ImmutableHashSet<Digest>.Empty, default);
            Assert.True(File.Exists(Path.Combine(rootfs.LowerDirectories[0], "file")));
        }

        await using FileStream open = File.OpenRead(Path.Combine(rootfs.LowerDirectories[0], "file"));
        await store.RemoveUnusedAsync(ImmutableHashSet<Digest>.Empty, default);
        await _blobs.DeleteAsync([layer.DiffId], default);
        Assert.DoesNotContain(Directory.EnumerateDirectories(Snapshots), path => Path.GetFileName(path).Length == 64);
        byte[] read = new byte[FileBytes];
        await open.ReadExactlyAsync(read);
        Assert.Equal(_content, read);
    }

    [Fact]
    public async Task Files_of_a_mounted_layer_are_copied_up_when_they_are_changed()
    {
        await using SnapshotStore store = Store();
        Rootfs rootfs = await store.PrepareAsync(ImageOf(await PlainAsync(Entry("other"), Entry("third"))), default);
        string upper = Folder("upper"), target = Folder("target");
        await using (OverlayMount.Mount(rootfs.LowerDirectories, upper, Folder("work"), target))
        {
            await File.AppendAllTextAsync(target + "/file", "more");
            File.SetUnixFileMode(target + "/other", UnixFileMode.UserExecute);
            File.Move(target + "/other", target + "/renamed");
            File.Delete(target + "/third");
            byte[] appended = await File.ReadAllBytesAsync(target + "/file");
            Assert.Equal(_content.Concat("more"u8.ToArray()), appended);
            Assert.Equal(_content, await File.ReadAllBytesAsync(target + "/renamed"));
            Assert.Equal(["file", "renamed"], Directory.GetFiles(target).Select(Path.GetFileName).Order());
            Directory.CreateDirectory(target + "/new");
        }

        Assert.Null(Libc.GetXattr(upper + "/new", OverlayMarks.Opaque));
    }

    [Fact]
    public async Task What_a_step_made_is_mounted_over_its_new_blob_and_looks_the_same()
    {
        Layer bottom = await PlainAsync(new LayerEntry("", LayerEntryKind.Directory) { Mode = 0x16D, Uid = 3, Gid = 4 }, new LayerEntry("d", LayerEntryKind.Directory) { Mode = 0x1ED }, Entry("d/gone"));
        await using SnapshotStore store = new(Snapshots, _blobs, leastMounted: 1, leastRemade: 1);
        Rootfs below = await store.PrepareAsync(ImageOf(bottom), default);
        string upper = Folder("upper"), target = Folder("target");
        FileStatus root = Libc.Status(below.LowerDirectories[0]);
        using (Microsoft.Win32.SafeHandles.SafeFileHandle handle = Libc.Open(upper, OpenFlags.Directory))
        {
            Libc.ChangeOwner(handle, (int)root.User, (int)root.Group);
            Libc.Fchmod(handle, root.Permissions);
        }

        await using (OverlayMount.Mount(below.LowerDirectories, upper, Folder("work"), target))
        {
            File.Delete(target + "/d/gone");
            await File.WriteAllBytesAsync(target + "/d/new", _content);
        }

        Layer made = await store.CommitAsync(bottom.DiffId, upper, DateTimeOffset.UnixEpoch, default);
        Rootfs both = await store.PrepareAsync(ImageOf(bottom, made), default);

        Assert.True(File.Exists(ImageFileOf(both.LowerDirectories[0])));
        await using (OverlayMount.MountReadOnly(both.LowerDirectories, target))
        {
            Assert.Equal((0x16D, 3u, 4u), (Libc.Status(target).Permissions, Libc.Status(target).User, Libc.Status(target).Group));
            Assert.Equal(["new"], Directory.GetFileSystemEntries(target + "/d").Select(Path.GetFileName));
            Assert.Equal(_content, await File.ReadAllBytesAsync(target + "/d/new"));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1L << 40)]
    public async Task A_root_that_a_layer_says_nothing_of_stays_as_it_was(long leastMounted)
    {
        Layer bottom = await PlainAsync(new LayerEntry("", LayerEntryKind.Directory) { Mode = 0x1C8, Uid = 3, Gid = 4 });
        await using SnapshotStore store = new(Snapshots, _blobs, leastMounted);
        Rootfs rootfs = await store.PrepareAsync(ImageOf(bottom, await PlainAsync(Entry("more"))), default);
        FileStatus top = Libc.Status(rootfs.LowerDirectories[0]);
        Assert.Equal((0x1C8, 3u, 4u), (top.Permissions, top.User, top.Group));
    }

    [Fact]
    public async Task Small_layers_are_unpacked()
    {
        await using SnapshotStore store = new(Snapshots, _blobs);
        Rootfs rootfs = await store.PrepareAsync(ImageOf(await PlainAsync()), default);
        Assert.False(File.Exists(ImageFileOf(rootfs.LowerDirectories[0])));
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(rootfs.LowerDirectories[0], "file")));
    }

    private static string ImageFileOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, "layer.erofs");

    private static Image ImageOf(params ImmutableArray<Layer> layers) =>
        new(Digest.Of("manifest"), Digest.Of("config"), new ImageConfig { DiffIds = [.. layers.Select(layer => layer.DiffId)] }, layers);

    private SnapshotStore Store() => new(Snapshots, _blobs, leastMounted: 1);

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    private LayerEntry Entry(string path) => new(path, LayerEntryKind.File) { Mode = 0x1A4, Size = FileBytes, Content = new MemoryStream(_content) };

    private async Task<Layer> PlainAsync(params LayerEntry[] entries) =>
        await LayerWriter.StoreAsync(_blobs, writer => Array.ForEach<LayerEntry>([.. entries, Entry("file")], writer.Write), default);

    private async Task<Layer> CompressedAsync(Layer plain)
    {
        using MemoryStream bytes = new();
        await using (GZipStream gzip = new(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            await using Stream tar = await _blobs.OpenAsync(plain.Descriptor.Digest, default);
            await tar.CopyToAsync(gzip);
        }

        bytes.Position = 0;
        BlobInfo blob = await _blobs.PutAsync(bytes, expected: null, default);
        return plain with { Descriptor = new Descriptor(MediaTypes.OciLayerGzip, blob.Digest, blob.Size) };
    }
}
