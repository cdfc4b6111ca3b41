using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>image diff</c>, <c>history</c>, <c>export</c> and <c>prune</c>.</summary>
public sealed class ImageCareTests : IAsyncLifetime
{
    private SlipwayBinary _slipway = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _slipway = await SlipwayBinary.CreateAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _slipway.DisposeAsync();

    [Fact]
    public async Task Images_are_compared_path_by_path()
    {
        await BuildAsync("one", "FROM busybox\nRUN mkdir /d && echo a > /d/kept && echo b > /d/changed && echo c > /gone && echo e > /mode\n");
        await BuildAsync("two", "FROM one\nRUN echo bb > /d/changed && rm /gone && echo d > /d/new && chmod 700 /mode\n");
        IReadOnlyList<ImageFileChange> changes = await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListImageFileChange, "image", "diff", "one", "two");
        Assert.Equal(
            [
                ("d/changed", ImageFileChangeKind.Changed, 2L, 3L),
                ("d/new", ImageFileChangeKind.Added, null, 2L),
                ("gone", ImageFileChangeKind.Removed, 2L, null),
                ("mode", ImageFileChangeKind.Changed, 2L, (long?)2L),
            ],
            changes.Select(change => (change.Path, change.Kind, change.Before, change.After)));
        Assert.Contains("700", changes[3].How, StringComparison.Ordinal);
        Assert.Equal("", await _slipway.RunAsync("image", "diff", "two", "two"));
    }

    [Fact]
    public async Task The_history_says_what_each_step_added()
    {
        await BuildAsync("steps", "FROM busybox\nENV A=1\nRUN echo made > /file\n");
        IReadOnlyList<ImageStep> steps = await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListImageStep, "image", "history", "steps");
        Assert.Contains("RUN", steps[0].CreatedBy, StringComparison.Ordinal);
        Assert.True(steps[0] is { Layer: not null, Size: > 0 });
        Assert.Contains("ENV", steps[1].CreatedBy, StringComparison.Ordinal);
        Assert.True(steps[1] is { Layer: null, Size: 0 });
        Assert.Contains("ENV", await _slipway.RunAsync("image", "history", "steps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_the_files_of_all_layers()
    {
        await BuildAsync("exported", "FROM busybox\nRUN echo made > /file\n");
        string tar = Path.Combine(_slipway.Folder, "files.tar");
        await _slipway.RunAsync("image", "export", "-o", tar, "exported");
        CommandOutput listed = await ChildProcess.RunAsync("tar", ["-tf", tar]);
        Assert.Contains("file", listed.Stdout.Split('\n'));
        Assert.Contains("bin/busybox", listed.Stdout.Split('\n'));
    }

    [Fact]
    public async Task Pruning_takes_what_has_no_name_and_with_all_what_nothing_uses()
    {
        await BuildAsync("kept", "FROM busybox\nRUN echo 1 > /file\n");
        await BuildAsync("moved", "FROM busybox\nRUN echo 2 > /file\n");
        await BuildAsync("moved", "FROM busybox\nRUN echo 3 > /file\n");
        string container = (await _slipway.RunAsync("run", "-d", "kept", "true")).Trim();
        PrunedImages pruned = await _slipway.JsonAsync(ApiJson.Default.PrunedImages, "image", "prune");
        Assert.Empty(pruned.Untagged);
        Assert.Equal(2, pruned.Deleted.Count); // The image, and the statement of what it was built from.
        Assert.True(pruned.Reclaimed > 0);

        PrunedImages all = await _slipway.JsonAsync(ApiJson.Default.PrunedImages, "image", "prune", "--all");
        Assert.Equal(["busybox:latest", "moved:latest"], all.Untagged.Order());
        Assert.Equal(["kept:latest"], (await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images")).Select(image => image.Reference));
        await _slipway.RunAsync("rm", "-f", container);
    }

    private async Task BuildAsync(string name, string dockerfile)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_slipway.Folder, Path.GetRandomFileName())).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Dockerfile"), dockerfile);
        await _slipway.RunAsync("build", "-t", name, folder);
    }
}
