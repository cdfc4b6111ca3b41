using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Api.Tests.Client;

public sealed class RequestTextTests
{
    private static readonly string[] Texts = ["", "x", "a\"b\\c/d", "\n\r\t\u0001\u001f\u007f", "ä€😀\u2028", "</script>"];

    [Fact]
    public void Every_member_says_the_same_as_the_serializer()
    {
        CreateContainerRequest full = new()
        {
            Image = "python:3.11",
            Name = "n",
            Command = ["sh", "-c", "echo \"$A\""],
            Entrypoint = [],
            Environment = ["A=1", "B=x y"],
            WorkingDirectory = "/w",
            User = "1:2",
            Mounts = [new MountRequest("/a", "/b", true), new MountRequest("/c", "/d")],
            MemoryBytes = long.MaxValue,
            Cpus = 1.1,
            PidsLimit = 5,
            Tty = true,
            OpenStdin = true,
            TerminalSize = new TerminalSize(24, 80),
            Network = ContainerNetwork.None,
            Hostname = "h",
            Labels = new Dictionary<string, string> { ["a"] = "b", ["c"] = "" },
            AutoRemove = true,
            StopSignal = "INT",
        };
        JsonObject written = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(full, ApiJson.Default.CreateContainerRequest))!.AsObject();
        Assert.All(typeof(CreateContainerRequest).GetProperties(), property => Assert.True(written.ContainsKey(JsonNamingPolicy.CamelCase.ConvertName(property.Name)), property.Name));
        AssertSame(full);
        AssertSame(new CreateContainerRequest { Image = "i" });
    }

    [Fact]
    public void Every_member_of_a_local_build_says_the_same_as_the_serializer()
    {
        Dictionary<string, string> map = new() { ["a"] = "b", ["c\""] = "" };
        BuildOptions options = new()
        {
            Tags = ["a:1", "b"],
            DockerfileName = "x/Dockerfile",
            BuildArgs = map,
            Target = "t",
            NoCache = true,
            Labels = map,
            SourceDateEpoch = long.MaxValue,
            SourceAnnotations = map,
            Provenance = "min",
            Sbom = true,
            NoCacheStages = ["s"],
            ImageContexts = map,
            SshAgents = map,
            Allowed = ["security.insecure"],
            Check = true,
            Pull = true,
            Offline = true,
            Verify = true,
            KeepFailure = true,
        };
        LocalBuildRequest full = new("/a b", 1UL << 40, ulong.MaxValue, "FROM x\nRUN echo \"\u0001\"\n", "*.o\n", ".dockerignore", options);
        AssertSame(full);
        AssertSame(new LocalBuildRequest("/", 0, 0, "", null, null, new BuildOptions()));
        AssertSame(full with { Options = options with { RegistryAccounts = new Dictionary<string, RegistryAccount> { ["r"] = new("u", "p") } } });
        AssertSame(full with { Options = options with { CacheFrom = [new SharedCacheOption { Folder = "/c" }] } });

        // A member that is new must be written too: here all have a value, but those which the serializer is called for.
        JsonObject written = JsonNode.Parse(RequestText.Of(full))!["options"]!.AsObject();
        string[] rare = [nameof(BuildOptions.RegistryAccounts), nameof(BuildOptions.CacheFrom), nameof(BuildOptions.CacheTo)];
        Assert.All(typeof(BuildOptions).GetProperties().Where(property => !rare.Contains(property.Name)), property =>
            Assert.True(written.ContainsKey(JsonNamingPolicy.CamelCase.ConvertName(property.Name)), property.Name));
    }

    [Fact]
    public void Any_text_survives()
    {
        Random random = new(7);
        for (int i = 0; i < 500; i++)
        {
            AssertSame(new CreateContainerRequest
            {
                Image = Text(random),
                Command = [Text(random), Text(random)],
                Labels = new Dictionary<string, string> { [Text(random)] = Text(random) },
                Cpus = random.NextDouble() * 100,
            });
        }
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Texts[random.Next(Texts.Length)]));

    private static void AssertSame(CreateContainerRequest request)
    {
        CreateContainerRequest read = JsonSerializer.Deserialize(RequestText.Of(request), ApiJson.Default.CreateContainerRequest)!;
        Assert.Equal(Serialized(request), Serialized(read));
    }

    private static void AssertSame(LocalBuildRequest request)
    {
        LocalBuildRequest read = JsonSerializer.Deserialize(RequestText.Of(request), ApiJson.Default.LocalBuildRequest)!;
        Assert.Equal(JsonSerializer.Serialize(request, ApiJson.Default.LocalBuildRequest), JsonSerializer.Serialize(read, ApiJson.Default.LocalBuildRequest));
    }

    private static string Serialized(CreateContainerRequest request) =>
        Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.CreateContainerRequest));
}
