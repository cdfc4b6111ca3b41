using System.Net;
using System.Text.Json;
using Slipway.Api;
using Slipway.EndToEnd.Registry;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Build;

/// <summary>What an image says of itself: annotations, the statement and the bill of materials beside it, and that its digest depends on none of them.</summary>
public sealed class AttestationTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private const string StatementType = "application/vnd.in-toto+json";
    private const string BillType = "application/spdx+json";

    private SlipwayBinary Slipway => world.Slipway;

    [Fact]
    public async Task A_commit_that_changes_no_file_changes_the_statement_and_not_the_image()
    {
        Slipway.Write("git/Dockerfile", "FROM busybox\nCOPY f /f\n");
        Slipway.Write("git/f", "1");
        await GitAsync("git", "init -q -b main . && git remote add origin https://me:hunter2@host/team/repo.git && git add . && git commit -qm 1");
        string first = await Slipway.RunAsync("build", "-q", "-t", "said:1", "git");
        string clean = (await GitAsync("git", "rev-parse HEAD")).Trim();
        await GitAsync("git", "commit -q --allow-empty -m 2");
        Slipway.Write("git/untracked", "copied by nothing");
        string second = await Slipway.RunAsync("build", "-q", "-t", "said:1", "git");
        string dirty = (await GitAsync("git", "rev-parse HEAD")).Trim();

        Assert.Equal(first, second);
        ImageDetails details = await Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "said:1");
        Assert.Equal(
            [$"{dirty} true", $"{clean} false"],
            details.Referrers.Where(referrer => referrer.ArtifactType == StatementType)
                .Select(referrer => $"{referrer.Annotations["org.opencontainers.image.revision"]} {referrer.Annotations["dev.slipway.source.dirty"]}"));
        Assert.All(
            (string[])["dev.slipway.dockerfile.digest", "dev.slipway.context.digest", "dev.slipway.builder", "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"],
            name => Assert.Equal(details.Annotations[name], details.Referrers[0].Annotations[name]));
        Assert.False(details.Annotations.ContainsKey("org.opencontainers.image.revision"));
        Assert.Contains($"commit {dirty}, changed since", await Slipway.RunAsync("image", "inspect", "said:1"), StringComparison.Ordinal);

        string statement = await Slipway.RunAsync("image", "provenance", "said:1");
        using JsonDocument document = JsonDocument.Parse(statement);
        JsonElement source = document.RootElement.GetProperty("predicate").GetProperty("buildDefinition").GetProperty("resolvedDependencies").EnumerateArray()
            .Single(item => item.TryGetProperty("name", out JsonElement name) && name.GetString() == "source");
        Assert.Equal("git+https://host/team/repo.git@refs/heads/main", source.GetProperty("uri").GetString());
        Assert.Equal(dirty, source.GetProperty("digest").GetProperty("gitCommit").GetString());
        Assert.DoesNotContain("hunter2", statement, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_registry_lists_them_as_referrers_and_serves_them()
    {
        Slipway.Write("reg/Dockerfile", "FROM busybox\nRUN mkdir -p /lib/apk/db && printf 'P:musl\\nV:1.2.5-r0\\nA:x86_64\\nL:MIT\\n' > /lib/apk/db/installed\n");
        string image = (await Slipway.RunAsync("build", "-q", "--sbom", "-t", "team/listed:1", "reg")).Trim();
        string again = (await Slipway.RunAsync("build", "-q", "--sbom", "-t", "team/listed:1", "reg")).Trim();
        Assert.Equal(image, again);

        using HttpResponseMessage answer = await world.GetAsync($"/v2/team/listed/referrers/{image}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using JsonDocument index = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        JsonElement[] referrers = [.. index.RootElement.GetProperty("manifests").EnumerateArray()];
        Assert.Equal([BillType, StatementType], referrers.Select(referrer => referrer.GetProperty("artifactType").GetString()).Order());

        foreach (JsonElement referrer in referrers)
        {
            using HttpResponseMessage fetched = await world.GetAsync($"/v2/team/listed/manifests/{referrer.GetProperty("digest").GetString()}");
            using JsonDocument manifest = JsonDocument.Parse(await fetched.Content.ReadAsStringAsync());
            Assert.Equal(image, manifest.RootElement.GetProperty("subject").GetProperty("digest").GetString());
            string document = manifest.RootElement.GetProperty("layers")[0].GetProperty("digest").GetString()!;
            string text = await (await world.GetAsync($"/v2/team/listed/blobs/{document}")).Content.ReadAsStringAsync();
            string verb = referrer.GetProperty("artifactType").GetString() == BillType ? "sbom" : "provenance";
            Assert.Equal((await Slipway.RunAsync("image", verb, "team/listed:1")).Trim(), text.Trim());
        }

        Assert.Contains("pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64", await Slipway.RunAsync("image", "sbom", "team/listed:1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bill_lists_what_each_package_manager_noted_in_any_image()
    {
        Slipway.Write("all/Dockerfile", """
            FROM busybox
            COPY files /
            RUN ln -s / /loop && mkfifo /app/node_modules/package.json
            """);
        Slipway.Write("all/files/etc/os-release", "ID=debian\nVERSION_ID=12\n");
        Slipway.Write("all/files/var/lib/dpkg/status", "Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\nArchitecture: amd64\n");
        Slipway.Write("all/files/usr/lib/python3/site-packages/numpy-1.26.4.dist-info/METADATA", "Name: numpy\nVersion: 1.26.4\n");
        Slipway.Write("all/files/opt/conda/conda-meta/scipy-1.json", """{"name":"scipy","version":"1.13.0","channel":"conda-forge"}""");
        Slipway.Write("all/files/app/node_modules/@a/b/package.json", """{"name":"@a/b","version":"3.0.0"}""");
        await Slipway.RunAsync("build", "-q", "-t", "all", "all");

        using JsonDocument bill = JsonDocument.Parse(await Slipway.RunAsync("image", "sbom", "all"));

        Assert.Equal(
            ["pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12", "pkg:pypi/numpy@1.26.4", "pkg:conda/scipy@1.13.0?channel=conda-forge", "pkg:npm/%40a/b@3.0.0"],
            bill.RootElement.GetProperty("packages").EnumerateArray().Skip(1).Select(package => package.GetProperty("externalRefs")[0].GetProperty("referenceLocator").GetString()));
    }

    [Fact]
    public async Task Nothing_is_attached_where_nothing_is_wanted_and_a_nameless_image_keeps_what_is()
    {
        Slipway.Write("none/Dockerfile", "FROM busybox\nCOPY g /g\n");
        Slipway.Write("none/g", "none");
        await Slipway.RunAsync("build", "-q", "--provenance=false", "-t", "bare", "none");
        Assert.Empty((await Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "bare")).Referrers);
        CommandOutput missing = await Slipway.TryAsync("image", "provenance", "bare");
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains("slipway image inspect bare", missing.Stderr, StringComparison.Ordinal);

        Slipway.Write("none/g", "later named");
        string nameless = (await Slipway.RunAsync("build", "-q", "none")).Trim();
        await Slipway.RunAsync("tag", nameless, "named:1");
        using JsonDocument index = JsonDocument.Parse(await (await world.GetAsync($"/v2/named/referrers/{nameless}")).Content.ReadAsStringAsync());
        Assert.Equal(StatementType, Assert.Single(index.RootElement.GetProperty("manifests").EnumerateArray()).GetProperty("artifactType").GetString());
    }

    [Fact]
    public async Task A_terminal_sees_a_tree_and_a_pipe_plain_lines_and_json_the_records()
    {
        Slipway.Write("tree/Dockerfile", "FROM busybox AS one\nRUN echo seen > /a\nFROM busybox\nCOPY --from=one /a /a\nRUN false\n");
        CommandOutput terminal = await OnTerminalAsync("build --no-cache tree");
        Assert.NotEqual(0, terminal.ExitCode);
        Assert.Contains("one\r\n└─ ✓ [1/3] RUN echo seen > /a", terminal.Stdout, StringComparison.Ordinal);
        Assert.Contains("✗ [3/3] RUN false", terminal.Stdout, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\e\[[0-9;]*m", terminal.Stdout);

        Slipway.Write("tree/Dockerfile", "FROM busybox AS one\nRUN echo seen > /a\nFROM busybox\nCOPY --from=one /a /a\n");
        await Slipway.RunAsync("build", "-q", "tree");
        Assert.Matches(@"└─ ✓ \[1/2\] RUN echo seen > /a +CACHED", (await OnTerminalAsync("build tree")).Stdout);

        CommandOutput plain = await Slipway.TryAsync("build", "tree");
        Assert.Contains("[1/2] one RUN echo seen > /a\n    CACHED\n", plain.Stderr, StringComparison.Ordinal);
        string json = await Slipway.RunAsync("build", "--progress", "json", "tree");
        BuildProgress[] records = [.. json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.BuildProgress)!)];
        Assert.Equal(2, records.OfType<BuildStepFinished>().Count(step => step.Cached));
        Assert.IsType<BuildCompleted>(records[^1]);
    }

    private Task<string> GitAsync(string folder, string command) =>
        ShellAsync($"cd '{Path.Combine(Slipway.Folder, folder)}' && export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t && git {command}");

    private static async Task<string> ShellAsync(string command)
    {
        CommandOutput output = await ChildProcess.RunAsync("/bin/sh", ["-c", command]);
        Assert.True(output.ExitCode == 0, output.ToString());
        return output.Stdout;
    }

    /// <summary>Runs a command with a terminal as its input and outputs, by util-linux's script.</summary>
    private Task<CommandOutput> OnTerminalAsync(string command) => ChildProcess.RunAsync(
        "script",
        ["-qec", $"{SlipwayBinary.Program} {command}", "/dev/null"],
        new Dictionary<string, string> { ["SLIPWAY_HOME"] = Slipway.Home, ["NO_COLOR"] = "1", ["TERM"] = "xterm" },
        folder: Slipway.Folder);
}
