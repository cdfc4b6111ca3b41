using System.Formats.Tar;
using System.Text.Json;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>save</c> and <c>load</c>, with skopeo on the other side.</summary>
public sealed class ArchiveTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private SlipwayBinary Slipway => world.Slipway;

    [Theory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    public async Task What_is_saved_is_read_by_skopeo_as_either_archive(string transport)
    {
        string tar = PathOf($"{transport}.tar");
        await Slipway.RunAsync("save", "-o", tar, "busybox");
        using JsonDocument seen = JsonDocument.Parse(await SkopeoAsync("inspect", "--config", $"{transport}:{tar}"));
        ImageDetails image = await Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "busybox");
        Assert.Equal(
            image.Layers.Select(layer => layer.DiffId),
            seen.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(digest => digest.GetString()));
    }

    [Theory]
    [InlineData("docker-archive", ":from/skopeo:1")]
    [InlineData("oci-archive", ":from/skopeo:1")]
    public async Task What_skopeo_writes_is_loaded_and_runs(string transport, string name)
    {
        string tar = PathOf($"skopeo-{transport}.tar");
        await SkopeoAsync("copy", "--src-tls-verify=false", $"docker://{world.Host}/busybox:latest", $"{transport}:{tar}{name}");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        LoadedImage loaded = Assert.Single(await other.JsonAsync(ApiJson.Default.IReadOnlyListLoadedImage, "load", "-i", tar));
        Assert.Equal("from/skopeo:1", loaded.Reference);
        Assert.Contains("loaded", await other.RunAsync("run", "--rm", "from/skopeo:1", "echo", "loaded"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_images_come_back_with_their_names_and_digests_and_saving_again_gives_the_same_bytes()
    {
        await Slipway.RunAsync("tag", "busybox", "archive/two:2");
        string tar = PathOf("several.tar"), again = PathOf("again.tar");
        await Slipway.RunAsync("save", "-o", tar, "busybox", "archive/two:2");
        await Slipway.RunAsync("save", "-o", again, "busybox", "archive/two:2");
        Assert.Equal(await File.ReadAllBytesAsync(tar), await File.ReadAllBytesAsync(again));

        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        IReadOnlyList<LoadedImage> loaded = await other.JsonAsync(ApiJson.Default.IReadOnlyListLoadedImage, "load", "-i", tar);
        ImageDetails image = await Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "busybox");
        Assert.Equal([("busybox:latest", image.Digest), ("archive/two:2", image.Digest)], loaded.Select(one => (one.Reference, one.Digest)));

        // What comes on stdin is sent; the server has read the file above itself.
        CommandOutput piped = await other.FeedFileAsync(tar, "load");
        Assert.Equal($"loaded busybox:latest  {image.Digest}\nloaded archive/two:2  {image.Digest}\n", piped.Stdout);
    }

    [Fact]
    public async Task An_image_saved_by_its_digest_comes_back_without_a_name()
    {
        ImageDetails image = await Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "busybox");
        string tar = PathOf("nameless.tar");
        await Slipway.RunAsync("save", "-o", tar, image.Digest);
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        Assert.Equal($"loaded {image.Digest}", (await other.RunAsync("load", "-i", tar)).Trim());
        Assert.Contains("nameless", await other.RunAsync("run", "--rm", image.Digest, "echo", "nameless"), StringComparison.Ordinal);
        Assert.Contains($"deleted {image.Digest}", await other.RunAsync("image", "prune"), StringComparison.Ordinal);
        Assert.Empty(await other.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images"));
    }

    [Fact]
    public async Task An_archive_with_a_changed_layer_is_refused_and_leaves_no_image()
    {
        string tar = PathOf("changed.tar");
        await Slipway.RunAsync("save", "-o", tar, "busybox");
        await ChangeLargestAsync(tar);
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        CommandOutput output = await other.TryAsync("load", "-i", tar);
        Assert.NotEqual(0, output.ExitCode);
        Assert.Contains("sha256:", output.Stderr, StringComparison.Ordinal);
        Assert.Empty(await other.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images"));
    }

    [Fact]
    public async Task Half_an_archive_and_a_tar_of_something_else_are_refused_with_the_reason()
    {
        string tar = PathOf("whole.tar"), half = PathOf("half.tar"), root = PathOf("root.tar");
        await Slipway.RunAsync("save", "-o", tar, "busybox");
        byte[] whole = await File.ReadAllBytesAsync(tar);
        await File.WriteAllBytesAsync(half, whole[..(whole.Length / 2)]);
        await Slipway.RunAsync("image", "export", "-o", root, "busybox");

        CommandOutput sent = await Slipway.FeedFileAsync(half, "load"), missing = await Slipway.TryAsync("load", "-i", PathOf("none.tar"));
        Assert.Contains("ends", sent.Stderr, StringComparison.Ordinal);
        Assert.Contains("there is no file", missing.Stderr, StringComparison.Ordinal);
        CommandOutput cut = await Slipway.TryAsync("load", "-i", half), other = await Slipway.TryAsync("load", "-i", root);
        Assert.NotEqual(0, cut.ExitCode);
        Assert.Contains("ends", cut.Stderr, StringComparison.Ordinal);
        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains("no image archive", other.Stderr, StringComparison.Ordinal);
        Assert.Contains("slipway image import", other.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_only_names_data_of_the_store_does_not_get_it()
    {
        string secret = new('s', 100_000);
        await Slipway.RunAsync("repo", "create", "private");
        await Slipway.PutAsync("private@master:/secret", secret);
        byte[] layer = RegistryWorld.Bytes(secret), config = RegistryWorld.Bytes("{}"), manifest = RegistryWorld.Bytes(RegistryWorld.ArtifactJson(layer, config));
        string index = $$"""{ "schemaVersion": 2, "manifests": [ {{RegistryWorld.Descriptor(RegistryWorld.ArtifactJson(layer, config))}} ] }""", tar = PathOf("naming.tar");
        await using (TarWriter writer = new(File.Create(tar)))
        {
            foreach ((string name, byte[] content) in ((string, byte[])[])[(BlobOf(config), config), (BlobOf(manifest), manifest), ("index.json", RegistryWorld.Bytes(index))])
            {
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        CommandOutput output = await Slipway.TryAsync("load", "-i", tar);
        Assert.NotEqual(0, output.ExitCode);
        Assert.Contains($"{RegistryWorld.DigestOf(layer)} is not in the archive", output.Stderr, StringComparison.Ordinal);

        static string BlobOf(byte[] content) => "blobs/" + RegistryWorld.DigestOf(content).Replace(':', '/');
    }

    private static async Task ChangeLargestAsync(string tar)
    {
        await using FileStream file = new(tar, FileMode.Open, FileAccess.ReadWrite);
        await using TarReader reader = new(file, leaveOpen: true);
        TarEntry? largest = null;
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            largest = largest is null || entry.Length > largest.Length ? entry : largest;
        }

        file.Position = largest!.DataOffset + (largest.Length / 2);
        int before = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(before ^ 1));
    }

    private static async Task<string> SkopeoAsync(params string[] arguments)
    {
        CommandOutput output = await ChildProcess.RunAsync("skopeo", arguments);
        Assert.True(output.ExitCode == 0, output.ToString());
        return output.Stdout;
    }

    private string PathOf(string name) => Path.Combine(Slipway.Folder, name);
}
