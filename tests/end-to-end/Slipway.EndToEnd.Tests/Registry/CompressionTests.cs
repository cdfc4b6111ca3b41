using System.Text.Json;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>push --compression</c>: smaller on the way, the same image where it arrives.</summary>
public sealed class CompressionTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    [Theory]
    [InlineData("gzip", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData("zstd", "application/vnd.oci.image.layer.v1.tar+zstd")]
    public async Task Compressed_layers_arrive_once_are_read_by_skopeo_and_run(string compression, string mediaType)
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync();
        string name = $"{registry.Host}/small/{compression}:1";
        await world.Slipway.RunAsync("tag", "busybox", name);
        TransferImageResult first = await PushAsync(name, compression), second = await PushAsync(name, compression);
        ImageDetails plain = await world.Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "busybox");
        Assert.InRange(first.Bytes, 1, plain.Size - 1);
        Assert.Equal((first.Digest, 0L), (second.Digest, second.Bytes));
        Assert.NotEqual(plain.Digest, first.Digest);

        CommandOutput skopeo = await ChildProcess.RunAsync("skopeo", ["inspect", "--raw", "--tls-verify=false", $"docker://{name}"]);
        using JsonDocument manifest = JsonDocument.Parse(skopeo.Stdout);
        Assert.Equal([mediaType], manifest.RootElement.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("mediaType").GetString()));

        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        Assert.Contains("small", await other.RunAsync("run", "--rm", name, "echo", "small"), StringComparison.Ordinal);
        ImageDetails pulled = await other.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", name);
        Assert.Equal((plain.ConfigDigest, first.Digest), (pulled.ConfigDigest, pulled.Digest));
        Assert.Single(await world.Slipway.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images"), image => image.Reference == name);
    }

    [Fact]
    public async Task Another_compression_is_refused()
    {
        await world.Slipway.RunAsync("tag", "busybox", $"{world.Host}/small/odd:1");
        CommandOutput output = await world.Slipway.TryAsync("push", "--compression", "lzma", $"{world.Host}/small/odd:1");
        Assert.NotEqual(0, output.ExitCode);
        Assert.Contains("none, gzip and zstd", output.Stderr, StringComparison.Ordinal);
    }

    private Task<TransferImageResult> PushAsync(string name, string compression) =>
        world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", "--compression", compression, name);
}
