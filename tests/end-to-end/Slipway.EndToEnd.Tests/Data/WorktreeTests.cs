using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Data;

/// <summary>Folders beside commits: status, checkout and back; and how files differ inside.</summary>
public sealed class WorktreeTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private SlipwayBinary Slipway => fixture.Slipway;

    [Fact]
    public async Task A_checked_out_folder_goes_to_other_commits_and_its_changes_go_back()
    {
        string work = Path.Combine(Slipway.Folder, "work");
        await Slipway.RunAsync("repo", "create", "tree");
        string source = Path.GetDirectoryName(Slipway.Write("tree/a.txt", "one\n"))!;
        Slipway.Write("tree/sub/b.txt", "bee\n");
        Slipway.Write("tree/sub/deep/c.txt", "sea\n");
        await Slipway.RunAsync("put", "tree@master:/", "-f", source);
        string first = (await Slipway.CommitsAsync("tree"))[0].GlobalId;
        Assert.Contains("3 files written, 0 removed", await Slipway.RunAsync("checkout", "tree@master", work), StringComparison.Ordinal);
        Assert.Equal("sea\n", await File.ReadAllTextAsync(Path.Combine(work, "sub/deep/c.txt")));
        Assert.Empty(await StatusAsync(work));

        await File.WriteAllTextAsync(Path.Combine(work, "a.txt"), "two\n");
        File.Move(Path.Combine(work, "sub/b.txt"), Path.Combine(work, "moved.txt"));
        File.Delete(Path.Combine(work, "sub/deep/c.txt"));
        Directory.Delete(Path.Combine(work, "sub/deep"));
        Assert.Equal(["/a.txt", "/moved.txt", "/sub/deep/c.txt"], (await StatusAsync(work)).Select(change => change.Path));
        Assert.Equal(1, (await Slipway.TryAsync("status", work, "--exit-code")).ExitCode);
        await Slipway.RunAsync("checkin", work, "-m", "changed by hand");
        Assert.Empty(await StatusAsync(work));
        Assert.Equal(["/a.txt", "/moved.txt"], await Slipway.FilesAsync("tree@master"));
        Assert.Equal("changed by hand", (await Slipway.CommitsAsync("tree"))[0].Message);

        await Slipway.RunAsync("checkout", $"tree@{first}", work);
        Assert.Equal(["a.txt", "sub/b.txt", "sub/deep/c.txt"], FilesOf(work));
        Assert.Contains("--branch", (await Slipway.TryAsync("checkin", work)).Stderr, StringComparison.Ordinal);
        await Slipway.RunAsync("checkout", "tree@master", work);
        Assert.Equal(["a.txt", "moved.txt"], FilesOf(work));
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(work, "a.txt")));
    }

    [Fact]
    public async Task Changes_by_hand_are_carried_along_and_never_overwritten_unless_one_says_so()
    {
        string work = Path.Combine(Slipway.Folder, "both");
        await Slipway.RunAsync("repo", "create", "both");
        foreach (string name in (string[])["x", "y", "z"])
        {
            await Slipway.PutAsync($"both@master:/{name}", name);
        }

        await Slipway.RunAsync("checkout", "both@master", work);
        await File.WriteAllTextAsync(Path.Combine(work, "x"), "mine");
        await File.WriteAllTextAsync(Path.Combine(work, "new"), "mine too");
        await Slipway.PutAsync("both@master:/y", "theirs");
        CommandOutput moved = await Slipway.TryAsync("checkin", work);
        Assert.NotEqual(0, moved.ExitCode);
        Assert.Contains("slipway checkout", moved.Stderr, StringComparison.Ordinal);

        Assert.Contains("2 files changed by hand", await Slipway.RunAsync("checkout", "both@master", work), StringComparison.Ordinal);
        Assert.Equal(("mine", "theirs", "z"), (Read(work, "x"), Read(work, "y"), Read(work, "z")));
        await Slipway.RunAsync("checkin", work);
        Assert.Equal("mine", await Slipway.CatAsync("both@master:/x"));
        Assert.Equal("mine too", await Slipway.CatAsync("both@master:/new"));

        await File.WriteAllTextAsync(Path.Combine(work, "z"), "mine");
        await Slipway.PutAsync("both@master:/z", "theirs");
        await Slipway.PutAsync("both@master:/y", "later");
        CommandOutput refused = await Slipway.TryAsync("checkout", "both@master", work);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("/z", refused.Stderr, StringComparison.Ordinal);
        Assert.Equal(("mine", "theirs"), (Read(work, "z"), Read(work, "y")));
        await Slipway.RunAsync("checkout", "both@master", work, "--force");
        Assert.Equal(("theirs", "later", "mine too"), (Read(work, "z"), Read(work, "y"), Read(work, "new")));
        Assert.Empty(await StatusAsync(work));
    }

    [Fact]
    public async Task Status_of_any_folder_stores_nothing_and_the_note_is_no_data()
    {
        await Slipway.RunAsync("repo", "create", "any");
        string source = Path.GetDirectoryName(Slipway.Write("any/a", "1"))!;
        Slipway.Write("any/.slipway/checkout.json", "not data");
        await Slipway.RunAsync("put", "any@master:/", "-f", source);
        Assert.Equal(["/a"], await Slipway.FilesAsync("any@master"));
        string text = new('x', 200_000);
        Slipway.Write("any/large", text);
        IReadOnlyList<FileChange> changes = await Slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileChange, "status", source, "any@master");
        Assert.Equal(("/large", 200_000L), (Assert.Single(changes).Path, changes[0].After!.Size));
        Assert.DoesNotContain(Directory.GetFiles(Slipway.Home, "*", SearchOption.AllDirectories), file => new FileInfo(file).Length == 200_000);
        await Slipway.RunAsync("put", "any@master:/", "-f", source);
        Assert.Equal(text, await Slipway.CatAsync("any@master:/large"));
    }

    [Fact]
    public async Task Differences_tell_of_tables_images_texts_folders_and_renames()
    {
        await Slipway.RunAsync("repo", "create", "kinds");
        await Slipway.PutAsync("kinds@master:/t/table.csv", "a,b\n1,2\n");
        await Slipway.PutAsync("kinds@master:/t/notes.txt", "first\nsecond\nthird\n");
        await Slipway.PutAsync("kinds@master:/old-name", "the same bytes");
        string image = Path.Combine(Slipway.Folder, "image.png");
        await File.WriteAllBytesAsync(image, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 2, 128, 0, 0, 1, 224, 8, 2, 0, 0, 0]);
        string before = (await Slipway.CommitsAsync("kinds"))[0].GlobalId;
        await Slipway.PutAsync("kinds@master:/t/table.csv", "a,b,c\n1,2,3\n4,5,6\n");
        await Slipway.PutAsync("kinds@master:/t/notes.txt", "first\n2nd\nthird\n");
        await Slipway.RunAsync("put", "kinds@master:/t/image.png", "-f", image);
        await Slipway.RunAsync("mv", "kinds@master:/old-name", "kinds@master:/new-name");

        string text = await Slipway.RunAsync("diff", $"kinds@{before}", "kinds@master");
        Assert.Contains("1 → 2 rows, 2 → 3 columns (+c)", text, StringComparison.Ordinal);
        Assert.Contains("PNG 640×480", text, StringComparison.Ordinal);
        Assert.Contains("→ /new-name  was /old-name", text, StringComparison.Ordinal);
        Assert.DoesNotContain("2nd", text, StringComparison.Ordinal);
        Assert.Contains("-second\n+2nd\n", await Slipway.RunAsync("diff", "-p", $"kinds@{before}:/t/notes.txt", "kinds@master:/t/notes.txt"), StringComparison.Ordinal);
        Assert.Equal("/t/image.png\n/t/notes.txt\n/t/table.csv\n", await Slipway.RunAsync("diff", "--name-only", $"kinds@{before}:/t", "kinds@master:/t"));
        Assert.Contains("/t", await Slipway.RunAsync("diff", "--stat", $"kinds@{before}", "kinds@master"), StringComparison.Ordinal);
        IReadOnlyList<FileChange> changes = await Slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileChange, "diff", $"kinds@{before}", "kinds@master", "-p");
        Assert.Equal(("/new-name", "/old-name"), (changes[0].Path, changes[0].Before!.Path));
        Assert.Equal((1L, 2L), (changes[^1].Comparison!.Before!.Rows!.Value, changes[^1].Comparison!.After!.Rows!.Value));
        Assert.Contains("+2nd", changes.Single(change => change.Path == "/t/notes.txt").Comparison!.Unified!);
    }

    private Task<IReadOnlyList<FileChange>> StatusAsync(string folder) => Slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileChange, "status", folder);

    private static string Read(string folder, string name) => File.ReadAllText(Path.Combine(folder, name));

    private static string[] FilesOf(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file)).Where(file => !file.StartsWith(".slipway", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
