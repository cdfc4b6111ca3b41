using System.Text;
using System.Text.Json;
using Slipway.Api;
using Slipway.Api.Tests;

namespace Slipway.Cli.Tests.Builds;

/// <summary>What a build is to say of itself, in Slipway's spelling and in buildx's.</summary>
public sealed class AttestationOptionsTests
{
    private const string Result = """{"kind":"result","digest":"sha256:12","tags":[],"stepsRun":0,"stepsCached":0,"size":1}""" + "\n";

    [Theory]
    [InlineData("", "max", false)]
    [InlineData("--provenance=false --sbom", "none", true)]
    [InlineData("--provenance min --sbom=true", "min", true)]
    [InlineData("--provenance=mode=max --sbom=false", "max", false)]
    [InlineData("--attest type=sbom --attest type=provenance,mode=min", "min", true)]
    [InlineData("--attest type=provenance,disabled=true --attest type=sbom,disabled=true", "none", false)]
    public async Task The_spellings_mean_the_same(string options, string provenance, bool sbom)
    {
        (int code, BuildOptions? sent, string body) = await BuildAsync([], options.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((0, provenance, sbom), (code, sent!.Provenance, sent.Sbom));
        Assert.DoesNotContain(BuildContextFormat.SourceEntry, body, StringComparison.Ordinal); // The folder is in no repository.
    }

    [Theory]
    [InlineData("--provenance=much")]
    [InlineData("--attest type=signature")]
    [InlineData("--attest kind=sbom")]
    [InlineData("--source-date yesterday")]
    [InlineData("--source-date=-1")]
    public async Task What_is_not_known_is_a_fault_of_usage(string options)
    {
        (int code, BuildOptions? sent, _) = await BuildAsync([], options.Split(' '));
        Assert.Equal((ExitCodes.Usage, null), (code, sent));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("7", null, 7L)]
    [InlineData("7", "9", 9L)]
    [InlineData("7000000000", null, 7_000_000_000L)]
    [InlineData("commit", null, null)]
    [InlineData("commit", "9", 9L)]
    [InlineData("none", null, BuildOptions.ConstantTime)]
    [InlineData("none", "9", 9L)]
    public async Task The_environment_dates_an_image_before_the_option(string? option, string? epoch, long? expected)
    {
        Dictionary<string, string> environment = epoch is null ? [] : new() { ["SOURCE_DATE_EPOCH"] = epoch };
        (int code, BuildOptions? sent, _) = await BuildAsync(environment, option is null ? [] : ["--source-date", option]);
        Assert.Equal((0, expected), (code, sent!.SourceDateEpoch));
    }

    [Fact]
    public async Task An_argument_of_the_build_dates_an_image_before_the_environment()
    {
        (int code, BuildOptions? sent, _) = await BuildAsync(new() { ["SOURCE_DATE_EPOCH"] = "9" }, ["--build-arg", "SOURCE_DATE_EPOCH=8"]);
        Assert.Equal((0, 8L, "8"), (code, sent!.SourceDateEpoch, sent.BuildArgs["SOURCE_DATE_EPOCH"]));
    }

    private static async Task<(int Code, BuildOptions? Sent, string Body)> BuildAsync(Dictionary<string, string> environment, string[] options)
    {
        BuildOptions? sent = null;
        string body = "";
        await using FakeServer server = new(async (request, stream) =>
        {
            sent = JsonSerializer.Deserialize(Convert.FromBase64String(request.Header(Routes.OptionsHeader)!), ApiJson.Default.BuildOptions);
            body = Encoding.Latin1.GetString(await request.ReadBodyAsync());
            await FakeServer.WriteChunksAsync(stream, Result, 50);
        });
        using TestWorld world = new(server);
        foreach ((string name, string value) in environment)
        {
            world.Variables[name] = value;
        }

        world.Write("Dockerfile", "FROM scratch\n");
        return (await world.RunAsync(["build", .. options, "."]), sent, body);
    }
}
