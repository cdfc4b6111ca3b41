using System.Text;
using Slipway.Content;

namespace Slipway.Images.Manifests;

/// <summary>Manifests of OCI and of Docker's schema 2.</summary>
public sealed class ImageManifestTests
{
    private const string Docker = """
        { "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
          "config": { "mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" },
          "layers": [ { "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 3, "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" } ] }
        """;

    [Fact]
    public void Docker_s_is_read()
    {
        ImageManifest manifest = ImageManifest.Parse(Encoding.UTF8.GetBytes(Docker));

        Assert.Equal((2, MediaTypes.DockerConfig), (manifest.Config.Size, manifest.Config.MediaType));
        Assert.Equal([MediaTypes.DockerLayerGzip], manifest.Layers.Select(layer => layer.MediaType));
    }

    [Fact]
    public void Ours_has_one_spelling()
    {
        ImageManifest manifest = new(new(MediaTypes.OciConfig, Digest.Of("c"), 1), [new(MediaTypes.OciLayer, Digest.Of("l"), 1024)]);

        Assert.Equal(
            $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest.Of("c")}}","size":1},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{Digest.Of("l")}}","size":1024}]}""",
            Encoding.UTF8.GetString(manifest.ToJson()));
        Assert.Equal(manifest.ToJson(), ImageManifest.Parse(manifest.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData("{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}")]
    [InlineData("{\"config\":{\"mediaType\":\"x\",\"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":-1},\"layers\":[]}")]
    [InlineData("{\"config\":{\"mediaType\":\"x\",\"digest\":\"md5:1\",\"size\":1},\"layers\":[]}")]
    public void What_is_no_manifest_is_refused(string json) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => ImageManifest.Parse(Encoding.UTF8.GetBytes(json))).Kind);
}
