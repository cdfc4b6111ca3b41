using System.Formats.Tar;
using System.IO.Compression;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Tests.Formats;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>A home of any version that was ever written opens today, is whole, and is written on.</summary>
public sealed class FixtureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("slipway-fixtures-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("store-1", 4520)]
    [InlineData("store-1-packs", 591)]
    [InlineData("store-2", 596)]
    public async Task A_home_from_before_opens_is_whole_and_is_written_on(string name, int files)
    {
        string home = await UnpackAsync(name);
        string[] expected = await ExpectedAsync(name);
        Assert.Equal(files, expected.Length);
        await using (HistoryWorld world = await OpenAsync(home))
        {
            await CommitUpgrade.RunAsync(world.Metadata, default);
            Assert.True(world.Blobs.Recovered.IsClean);
            await AssertHoldsAsync(world, expected);
            Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, default)).Faults);

            // Today's verbs over yesterday's bytes: a put, an append to what is there, and a collection.
            using BlobLease lease = world.Blobs.Leases.Begin();
            BlobInfo more = await world.Blobs.PutAsync("more"u8.ToArray(), default);
            TreeEdit append = new AppendFile(DataPath.Parse("/grown"), TreeEntry.File("grown", more.Size, more.Digest));
            await world.Branches.CreateAsync(HistoryWorld.Repo, BranchName.Parse("written-on"), CommitReference.Parse("data@master"), default);
            await world.Commits.PutAsync(HistoryWorld.Repo, BranchName.Parse("written-on"), [append], "", "", default);
            await world.CollectAsync();
        }

        await using HistoryWorld again = await OpenAsync(home);
        await AssertHoldsAsync(again, expected);
        Assert.Empty((await again.Verifier.VerifyAllAsync(null, null, default)).Faults);
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-1-packs")]
    [InlineData("store-2")]
    public async Task A_home_from_before_loses_nothing_in_a_crash_while_it_is_taken_forward(string name)
    {
        string[] expected = await ExpectedAsync(name);
        for (int at = 0; at < 12; at++)
        {
            string home = await UnpackAsync(name), image = Path.Combine(_folder.FullName, "image");
            await using (HistoryWorld world = await HistoryWorld.OpenAsync(home, at, image, at, isPowerCut: at % 2 == 0))
            {
                await CommitUpgrade.RunAsync(world.Metadata, default);
                await world.Blobs.PutAsync("more"u8.ToArray(), default);
                await world.Blobs.FlushAsync(default);
                await world.CollectAsync();
            }

            if (Directory.Exists(image))
            {
                await using (HistoryWorld left = await OpenAsync(image))
                {
                    await CommitUpgrade.RunAsync(left.Metadata, default);
                    await AssertHoldsAsync(left, expected);
                }

                Directory.Delete(image, recursive: true);
            }

            Directory.Delete(home, recursive: true);
        }
    }

    private Task<HistoryWorld> OpenAsync(string home) => HistoryWorld.OpenAsync(home, long.MaxValue, _folder.FullName, 0, isPowerCut: false);

    private async Task<string> UnpackAsync(string name)
    {
        await using GZipStream tar = new(File.OpenRead(Vectors.At("tests", "fixtures", name, "home.tar.gz")), CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(tar, _folder.FullName, overwriteFiles: true);
        return Path.Combine(_folder.FullName, "home");
    }

    private static async Task<string[]> ExpectedAsync(string name)
    {
        await using GZipStream unzipped = new(File.OpenRead(Vectors.At("tests", "fixtures", name, "expected.txt.gz")), CompressionMode.Decompress);
        using StreamReader reader = new(unzipped);
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task AssertHoldsAsync(HistoryWorld world, string[] expected)
    {
        List<string> found = [];
        foreach (string revision in expected.Select(line => line.Split(' ')[0]).Distinct())
        {
            Commit commit = await world.Commits.ResolveAsync(CommitReference.Parse(revision), default);
            await foreach ((DataPath path, TreeEntry entry) in world.Trees.WalkAsync(commit.Tree!.Value, default))
            {
                Assert.Equal(entry.Size, (await world.Blobs.ReadAllAsync(entry.Digest, default)).LongLength);
                string kind = entry.Kind == EntryKind.Symlink ? "symlink" : entry.Executable ? "executable" : "file";
                found.Add($"{revision} {entry.Digest.Hex} {entry.Size} {kind} {path}");
            }
        }

        Assert.Equal(expected, found);
    }
}
