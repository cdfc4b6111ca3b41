using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Referrers;

namespace Slipway.Build.Provenance;

/// <summary>The statement beside an image, held against the field lists of in-toto's Statement v1, its ResourceDescriptor and SLSA's provenance v1.</summary>
public sealed class ProvenanceStatementTests
{
    private const string Text = "FROM python:3.11 AS a\nRUN x\nFROM python:3.11\nCOPY --from=tools:2 /t /t\nCOPY --from=a /x /x\n";

    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["Statement"] = ["_type!", "subject!", "predicateType!", "predicate"],
        ["Provenance"] = ["buildDefinition!", "runDetails!"],
        ["BuildDefinition"] = ["buildType!", "externalParameters!", "internalParameters", "resolvedDependencies"],
        ["RunDetails"] = ["builder!", "metadata", "byproducts"],
        ["Builder"] = ["id!", "builderDependencies", "version"],
        ["BuildMetadata"] = ["invocationId", "startedOn", "finishedOn"],
        ["ResourceDescriptor"] = ["name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations"],
    };

    [Fact]
    public void It_has_the_fields_that_are_required_and_none_that_is_not_defined()
    {
        using JsonDocument document = JsonDocument.Parse(Statement(Full).Content);
        JsonElement root = document.RootElement;
        Conforms(root, "Statement");
        Assert.Equal("https://in-toto.io/Statement/v1", root.GetProperty("_type").GetString());
        Assert.Equal("https://slsa.dev/provenance/v1", root.GetProperty("predicateType").GetString());
        JsonElement subject = Assert.Single(root.GetProperty("subject").EnumerateArray());
        Conforms(subject, "ResourceDescriptor");
        Assert.Equal(Image.Digest.Hex, subject.GetProperty("digest").GetProperty("sha256").GetString());

        JsonElement predicate = root.GetProperty("predicate"), definition = predicate.GetProperty("buildDefinition"), run = predicate.GetProperty("runDetails");
        Conforms(predicate, "Provenance");
        Conforms(definition, "BuildDefinition");
        Conforms(run, "RunDetails");
        Conforms(run.GetProperty("builder"), "Builder");
        Assert.All([definition.GetProperty("buildType"), run.GetProperty("builder").GetProperty("id")], uri => Assert.True(Uri.TryCreate(uri.GetString(), UriKind.Absolute, out _)));
        Assert.Equal(ImageBuilder.Version, run.GetProperty("builder").GetProperty("version").GetProperty("slipway").GetString());
        foreach (JsonElement dependency in definition.GetProperty("resolvedDependencies").EnumerateArray())
        {
            Conforms(dependency, "ResourceDescriptor");
            Assert.True(dependency.TryGetProperty("uri", out _) || dependency.TryGetProperty("digest", out _) || dependency.TryGetProperty("content", out _));
            Assert.All(dependency.GetProperty("digest").EnumerateObject(), digest => Assert.Matches("^[0-9a-f]+$", digest.Value.GetString()));
        }
    }

    [Fact]
    public void It_names_everything_that_the_build_read()
    {
        using JsonDocument document = JsonDocument.Parse(Statement(Full).Content);
        JsonElement definition = document.RootElement.GetProperty("predicate").GetProperty("buildDefinition");

        Assert.Equal(
            [
                $"Dockerfile - sha256:{Digest.Of(Text).Hex}",
                $"context - slipwayContext:{Digest.Of("read").Hex}",
                "source git+https://host/team/repo.git@refs/heads/main gitCommit:12ab",
                $"- pkg:docker/python@3.11?platform=linux%2Famd64 sha256:{Digest.Of("python").Hex}",
                $"- pkg:docker/tools@2?platform=linux%2Famd64 sha256:{Digest.Of("tools").Hex}",
                $"- https://host/a.tar sha256:{Digest.Of("a").Hex}",
            ],
            definition.GetProperty("resolvedDependencies").EnumerateArray().Select(Line));
        JsonElement parameters = definition.GetProperty("externalParameters");
        Assert.Equal(
            "{\"dockerfile\":\"Dockerfile\",\"target\":\"last\",\"platform\":\"linux/amd64\",\"buildArgs\":{\"API_TOKEN\":\"***\",\"VERSION\":\"1\"},\"labels\":{\"l\":\"v\"},"
            + "\"contexts\":{\"more\":\"folder\",\"tools\":\"docker-image://tools:2\"},\"secrets\":[\"pip\"],\"ssh\":[\"default\"],\"allow\":[\"security.insecure\"],\"sourceDateEpoch\":\"7\"}",
            JsonSerializer.Serialize(parameters, JsonSerializerOptions.Web));
    }

    [Fact]
    public void What_logs_in_is_in_no_statement()
    {
        string text = System.Text.Encoding.UTF8.GetString(Statement(Full).Content.Span) + string.Join('\n', Statement(Full).Annotations);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PROXY", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_build_says_the_same_and_its_referrer_repeats_the_commit()
    {
        Artifact one = Statement(Full), two = Statement(Full with { Tags = [ImageReference.Parse("x")], NoCache = true });

        Assert.True(one.Content.Span.SequenceEqual(two.Content.Span));
        Assert.Equal(one.Annotations, two.Annotations);
        Assert.Equal("application/vnd.in-toto+json", one.Type);
        Assert.Equal("12ab", one.Annotations["org.opencontainers.image.revision"]);
        Assert.Equal("https://host/team/repo.git", one.Annotations["org.opencontainers.image.source"]);
        Assert.Equal("true", one.Annotations["dev.slipway.source.dirty"]);
        Assert.Equal("https://slsa.dev/provenance/v1", one.Annotations["in-toto.io/predicate-type"]);
        Assert.Equal("kept", one.Annotations["of.image"]);
    }

    [Theory]
    [InlineData(true, "true", true)]
    [InlineData(null, "unknown", true)]
    [InlineData(false, "false", false)]
    public void Whether_files_were_changed_is_said_and_that_nobody_knows(bool? isDirty, string text, bool isInStatement)
    {
        Artifact statement = Statement(Full, isDirty: isDirty);
        Assert.Equal(text, statement.Annotations["dev.slipway.source.dirty"]);
        Assert.Equal(isInStatement, System.Text.Encoding.UTF8.GetString(statement.Content.Span).Contains("dev.slipway.source.dirty", StringComparison.Ordinal));
    }

    [Fact]
    public void Less_is_said_where_less_is_wanted()
    {
        using JsonDocument document = JsonDocument.Parse(Statement(Full with { Provenance = ProvenanceDetail.Minimal }, hasSource: false).Content);
        JsonElement definition = document.RootElement.GetProperty("predicate").GetProperty("buildDefinition");

        Assert.False(definition.GetProperty("externalParameters").TryGetProperty("buildArgs", out _));
        Assert.DoesNotContain(definition.GetProperty("resolvedDependencies").EnumerateArray(), item => item.TryGetProperty("name", out JsonElement name) && name.GetString() == "source");
    }

    [Theory]
    [InlineData("https://user:hunter2@host/r.git?token=hunter2", "https://host/r.git")]
    [InlineData("ssh://git:hunter2@host:2222/r.git", "ssh://git@host:2222/r.git")]
    [InlineData("git@host:team/r.git", "git@host:team/r.git")]
    public void An_address_is_told_without_what_logs_in(string address, string told) => Assert.Equal(told, SourceUri.WithoutSecrets(address));

    [Theory]
    [InlineData("https://host/r.git", "main", "git+https://host/r.git@main")]
    [InlineData("git://host/r.git", null, "git://host/r.git")]
    [InlineData("git@host:team/r.git", "v1", "git+ssh://git@host/team/r.git@v1")]
    [InlineData("github.com/team/r", null, "git+https://github.com/team/r")]
    [InlineData("/srv/r.git", "main", null)]
    public void A_repository_has_an_address_of_its_own_kind(string url, string? reference, string? told) => Assert.Equal(told, SourceUri.OfGit(url, reference));

    [Theory]
    [InlineData("alpine:3.20", "pkg:docker/alpine@3.20?platform=linux%2Famd64")]
    [InlineData("ghcr.io/org/app:1", "pkg:docker/ghcr.io/org/app@1?platform=linux%2Famd64")]
    [InlineData("host:5000/app", "pkg:docker/host%3A5000/app?platform=linux%2Famd64")]
    public void An_image_is_a_package_url(string name, string url) => Assert.Equal(url, SourceUri.OfImage(name, "amd64"));

    private static Image Image => ImageOf("image") with { Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("of.image", "kept") };

    private static BuildRequest Full => new()
    {
        ContextDirectory = "/nowhere",
        DockerfileText = Text,
        DockerfileName = "/home/me/Dockerfile",
        Target = "last",
        BuildArgs = new Dictionary<string, string> { ["VERSION"] = "1", ["API_TOKEN"] = "hunter2", ["HTTPS_PROXY"] = "http://me:hunter2@proxy" },
        Labels = new Dictionary<string, string> { ["l"] = "v" },
        Contexts = new Dictionary<string, NamedContext> { ["tools"] = new NamedContext.OfImage("tools:2"), ["more"] = new NamedContext.Folder("/somewhere") },
        Secrets = new Dictionary<string, BuildSecret> { ["pip"] = new("hunter2"u8.ToArray()) },
        SshAgents = new Dictionary<string, string> { ["default"] = "/run/agent" },
        AllowsInsecure = true,
        SourceDateEpoch = DateTimeOffset.FromUnixTimeSeconds(7),
    };

    private static Artifact Statement(BuildRequest request, bool hasSource = true, bool? isDirty = true)
    {
        BuildSource? source = hasSource ? new("https://me:hunter2@host/team/repo.git", "refs/heads/main", "12ab", isDirty) : null;
        Dictionary<string, Image> known = new() { ["python:3.11"] = ImageOf("python"), ["tools:2"] = ImageOf("tools") };
        BuildPlan plan = Planner.Plan(Dockerfile.Parse(Text, "Dockerfile"), new(new Dictionary<string, string>(), null, new Dictionary<string, string>(), "amd64", "t"), known);
        Downloads downloads = new();
        downloads.AddFile("https://me:hunter2@host/a.tar?key=hunter2", Digest.Of("a"));
        return ProvenanceStatement.Of(request, source, plan, Image, Digest.Of("read"), downloads.All);
    }

    private static void Conforms(JsonElement element, string type)
    {
        HashSet<string> known = [.. Fields[type].Select(field => field.TrimEnd('!'))];
        Assert.All(element.EnumerateObject(), field => Assert.Contains(field.Name, known));
        Assert.All(Fields[type].Where(field => field.EndsWith('!')), field => Assert.True(element.TryGetProperty(field.TrimEnd('!'), out _), $"{type} lacks {field}"));
    }

    private static string Line(JsonElement dependency)
    {
        string ValueOf(string field) => dependency.TryGetProperty(field, out JsonElement value) ? value.GetString()! : "-";
        JsonProperty digest = dependency.GetProperty("digest").EnumerateObject().Single();
        return $"{ValueOf("name")} {ValueOf("uri")} {digest.Name}:{digest.Value}";
    }

    private static Image ImageOf(string name) => new(Digest.Of(name), Digest.Of(name + "-config"), new ImageConfig { Architecture = "amd64" }, ImmutableArray<Layer>.Empty);
}
