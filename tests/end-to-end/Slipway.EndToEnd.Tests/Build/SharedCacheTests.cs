using Slipway.Build;
using Slipway.Build.Cache.Shared;
using Slipway.Content;

namespace Slipway.EndToEnd.Build;

/// <summary>What one store's build leaves in a folder answers the steps of another store's build.</summary>
public sealed class SharedCacheTests : IAsyncLifetime
{
    // Two stages; of the first only one file is in the result.
    private const string Text = """
        FROM base AS make
        RUN mkdir /o && echo made > /o/a && echo more > /o/b
        RUN echo unused > /left-behind
        FROM base
        COPY f /f
        COPY --from=make /o/a /a
        RUN cat /f /a > /both
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-cache-").FullName;
    private BuildHome _one = null!;
    private BuildHome _two = null!;

    public async Task InitializeAsync()
    {
        _one = await BuildHome.OpenAsync();
        _two = await BuildHome.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 3)]
    public async Task A_second_store_with_no_cache_runs_nothing(bool all, int layers)
    {
        BuildResult first = await ExportAsync(all);
        Assert.Equal((5, 0), (first.StepsRun, first.StepsCached));
        Assert.Equal(layers + 2, Directory.GetFiles(Path.Combine(_folder, "blobs/sha256")).Length);

        BuildResult second = await ImportAsync(Text);

        Assert.Equal((0, 5), (second.StepsRun, second.StepsCached));
        Assert.Equal(first.Image, second.Image);
        Assert.All(_two.Events.OfType<StepFinished>(), step => Assert.True(step.Cached));
        Assert.Equal("644 0:0 1\nmade", (await _two.FilesAsync(second.Image))["/both"]);

        SharedAnswers answers = await new FolderCache(_two.Blobs, _folder, "latest").ReadAsync(CancellationToken.None);
        SharedAnswer unused = Assert.Single(answers.Steps, step => step.Instruction.Contains("left-behind", StringComparison.Ordinal));
        Assert.Equal(all, answers.Held.Contains(unused.Layer));
        Assert.Null(await _two.Blobs.FindAsync(unused.Layer, CancellationToken.None));

        // What was fetched is the store's own answer from now on; what nobody needed was not fetched.
        BuildResult third = await _two.BuildAsync(Text, Context(_two), with: request => request with { NoCacheStages = ["make"] });
        Assert.Equal((2, 3), (third.StepsRun, third.StepsCached));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public async Task A_step_that_changed_runs_on_what_the_cache_holds_of_those_before(bool all, int run)
    {
        await ExportAsync(all);

        // Another file of the first stage: its layer is needed now, and a cache of the result alone does not hold it.
        BuildResult changed = await ImportAsync(Text.Replace("RUN cat /f /a > /both", "COPY --from=make /o/b /b", StringComparison.Ordinal));

        Assert.Equal("644 0:0 more", (await _two.FilesAsync(changed.Image))["/b"]);
        Assert.Equal(run, changed.StepsRun);
    }

    [Fact]
    public async Task A_layer_that_the_cache_lost_is_made_again()
    {
        BuildResult first = await ExportAsync(all: true);
        File.Delete(Path.Combine(_folder, "blobs/sha256", first.Image.Layers[^1].Descriptor.Digest.Hex));
        Corrupt(Path.Combine(_folder, "blobs/sha256", first.Image.Layers[1].Descriptor.Digest.Hex));

        BuildResult second = await ImportAsync(Text);

        Assert.Equal(first.Image, second.Image);
        Assert.Equal(2, second.StepsRun);
        Assert.Equal(2, _two.Events.OfType<BuildWarning>().Count(warning => warning.Text.Contains("runs here", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_read_is_a_warning_and_one_that_cannot_be_written_a_fault()
    {
        BuildResult built = await ImportAsync(Text);
        Assert.Equal(5, built.StepsRun);
        Assert.Contains(_two.Events.OfType<BuildWarning>(), warning => warning.Text.Contains(_folder, StringComparison.Ordinal));

        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "in the way");
        FolderCache blocked = new(_one.Blobs, Path.Combine(file, "cache"), "latest");
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(() => _one.BuildAsync(Text, Context(_one), with: request => request with { CacheTo = [new(blocked, true, false)] }));
        Assert.Contains("was not written", fault.Message, StringComparison.Ordinal);
        await _one.BuildAsync(Text, Context(_one), with: request => request with { CacheTo = [new(blocked, true, true)] });
        Assert.Contains(_one.Events.OfType<BuildWarning>(), warning => warning.Text.Contains("was not written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_caches_stand_in_one_folder_and_the_same_build_writes_the_same_bytes()
    {
        await ExportAsync(all: true);
        string before = File.ReadAllText(Path.Combine(_folder, "index.json"));
        await _one.BuildAsync("FROM base\nRUN echo other > /x\n", with: request => request with { CacheTo = [new(new FolderCache(_one.Blobs, _folder, "other"), true, false)] });
        BuildResult other = await _two.BuildAsync("FROM base\nRUN echo other > /x\n", with: request => request with { CacheFrom = [new FolderCache(_two.Blobs, _folder, "other")] });
        Assert.Equal((0, 1), (other.StepsRun, other.StepsCached));
        Assert.Equal(0, (await ImportAsync(Text)).StepsRun);

        // From the second store, which holds the answers by now, the cache comes out as it was.
        Directory.Delete(_folder, recursive: true);
        await _two.BuildAsync(Text, Context(_two), with: request => request with { CacheTo = [new(new FolderCache(_two.Blobs, _folder, "latest"), true, false)], CacheFrom = [] });
        Assert.Equal(before, File.ReadAllText(Path.Combine(_folder, "index.json")));
    }

    private static string Context(BuildHome home) => home.Context(("f", "1\n"));

    private static void Corrupt(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private Task<BuildResult> ExportAsync(bool all) =>
        _one.BuildAsync(Text, Context(_one), with: request => request with { CacheTo = [new(new FolderCache(_one.Blobs, _folder, "latest"), all, false)] });

    private Task<BuildResult> ImportAsync(string text) =>
        _two.BuildAsync(text, Context(_two), with: request => request with { CacheFrom = [new FolderCache(_two.Blobs, _folder, "latest")] });
}
