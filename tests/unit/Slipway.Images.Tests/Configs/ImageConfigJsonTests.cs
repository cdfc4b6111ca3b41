using System.Text;
using Slipway.Content;

namespace Slipway.Images.Configs;

/// <summary>Configs as docker and others write them, and ours, which must be the same bytes for the same value.</summary>
public sealed class ImageConfigJsonTests
{
    private const string Docker = """
        {"architecture":"amd64","author":"A","config":{"Hostname":"","Env":["PATH=/bin","A=b=c"],"Cmd":["sh"],"Entrypoint":null,"ExposedPorts":{"80/tcp":{}},
        "Volumes":{"/data":{}},"WorkingDir":"/w","User":"1000:1000","Labels":{"b":"2","a":"1"},"StopSignal":"SIGINT","OnBuild":["RUN x"],"Shell":["/bin/bash","-c"],
        "Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":30000000000,"Retries":3},"ArgsEscaped":true},"created":"2020-01-01T00:00:00.123456789Z",
        "history":[{"created":"2020-01-01T00:00:00Z","created_by":"ADD x","comment":"c"},{"created_by":"ENV A=b","empty_layer":true}],"os":"linux",
        "rootfs":{"type":"layers","diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}}
        """;

    [Fact]
    public void A_config_of_docker_is_read_whole()
    {
        ImageConfig config = ImageConfigJson.Parse(Encoding.UTF8.GetBytes(Docker));

        Assert.Equal<string>(["PATH=/bin", "A=b=c"], config.Env);
        Assert.Equal<string>(["sh"], config.Cmd!.Value);
        Assert.Null(config.Entrypoint);
        Assert.Equal(["80/tcp"], config.ExposedPorts);
        Assert.Equal(["/data"], config.Volumes);
        Assert.Equal(("1000:1000", "/w", "SIGINT"), (config.User, config.WorkingDir, config.StopSignal));
        Assert.Equal(["a", "b"], config.Labels.Keys);
        Assert.Equal<string>(["RUN x"], config.OnBuild);
        Assert.Equal<string>(["/bin/bash", "-c"], config.Shell!.Value);
        Assert.Equal((30_000_000_000, 3), (config.Healthcheck!.Interval, config.Healthcheck.Retries));
        Assert.Equal([false, true], config.History.Select(entry => entry.EmptyLayer));
        Assert.Equal("2020-01-01T00:00:00.123456789Z", config.Created);
        Assert.Single(config.DiffIds);
    }

    [Fact]
    public void Writing_is_canonical()
    {
        ImageConfig config = ImageConfigJson.Parse(Encoding.UTF8.GetBytes(Docker));
        byte[] once = ImageConfigJson.Write(config);
        byte[] again = ImageConfigJson.Write(ImageConfigJson.Parse(once));

        Assert.Equal(once, again);
        Assert.StartsWith("{\"created\":\"2020-01-01T00:00:00.123456789Z\",\"author\":\"A\",\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{", Encoding.UTF8.GetString(once), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"rootfs\":{\"diff_ids\":[1]}}")]
    [InlineData("{\"rootfs\":{\"diff_ids\":[\"sha256:xx\"]}}")]
    [InlineData("{\"rootfs\":{\"diff_ids\":[]},\"config\":{\"Env\":\"A=b\"}}")]
    [InlineData("{\"rootfs\":{\"diff_ids\":[]},\"config\":7}")]
    public void What_is_no_config_is_refused(string json) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => ImageConfigJson.Parse(Encoding.UTF8.GetBytes(json))).Kind);

    [Fact]
    public void A_variable_is_replaced_in_place() =>
        Assert.Equal<string>(["A=2", "AB=1", "C=3"], new ImageConfig { Env = ["A=1", "AB=1"] }.WithEnv("A", "2").WithEnv("C", "3").Env);
}
