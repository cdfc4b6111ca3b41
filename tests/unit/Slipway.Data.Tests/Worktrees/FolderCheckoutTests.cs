using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Data.Worktrees.Writing;
using Slipway.Linux;

namespace Slipway.Data.Tests.Worktrees;

public sealed class FolderCheckoutTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Names = ["a", "b", "c.txt"];

    private readonly string _home = Directory.CreateTempSubdirectory("slipway-checkout-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_folder_goes_from_any_tree_to_any_other_also_when_it_was_broken_off_half_way(int seed)
    {
        Random random = new(seed);
        await using LocalBlobStore blobs = await LocalBlobStore.OpenAsync(Path.Combine(_home, "store"), None);
        RepoContent content = new(blobs, new TreeStore(blobs));
        FolderReader reader = new(Path.Combine(_home, "scans"), TimeProvider.System);
        string folder = Directory.CreateDirectory(Path.Combine(_home, "folder")).FullName;
        FileStatus status = Libc.Status(folder);
        FileIdentity identity = new(status.Device, status.Inode);
        Digest now = await content.Trees.EmptyAsync(None);
        for (int round = 0; round < 40; round++)
        {
            SortedDictionary<string, string> files = RandomFiles(random);
            Digest next = await TreeAsync(content, files);
            if (random.Next(2) == 0)
            {
                // What a checkout that was killed left: some of the changes are made.
                List<TreeChange> changes = await content.Trees.DiffAsync(now, next, None).ToListAsync(None);
                await new FolderWriter(content, overwrite: true, new ScanTally()).UpdateAsync([.. changes.Where(change => change.After is null), .. changes.Where(change => change.After is not null && random.Next(2) == 0)], folder, identity, None);
            }

            CheckoutOutcome outcome = (await new FolderCheckout(content, reader, new ScanTally()).RunAsync(now, next, folder, identity, force: false, None))!;
            Assert.Equal(0, outcome.Kept);
            Assert.Equal(files, Read(folder));
            (TreeEntry found, _) = (await reader.RehearseFolderAsync(content, folder, identity, null, new ScanTally(), None))!.Value;
            Assert.Equal(next, found.Digest);
            now = next;
        }
    }

    [Fact]
    public async Task What_was_changed_by_hand_is_kept_or_refused_and_goes_only_by_force()
    {
        await using LocalBlobStore blobs = await LocalBlobStore.OpenAsync(Path.Combine(_home, "store"), None);
        RepoContent content = new(blobs, new TreeStore(blobs));
        FolderReader reader = new(Path.Combine(_home, "scans"), TimeProvider.System);
        string folder = Directory.CreateDirectory(Path.Combine(_home, "folder")).FullName;
        FileStatus status = Libc.Status(folder);
        FileIdentity identity = new(status.Device, status.Inode);
        Task<CheckoutOutcome?> Checkout(Digest from, Digest to, bool force) =>
            new FolderCheckout(content, reader, new ScanTally()).RunAsync(from, to, folder, identity, force, None).AsTask();
        Digest empty = await content.Trees.EmptyAsync(None);
        Digest one = await TreeAsync(content, new() { ["/x"] = "1", ["/d/y"] = "1" });
        Digest two = await TreeAsync(content, new() { ["/x"] = "2", ["/d/y"] = "1", ["/d/z"] = "2" });
        await Checkout(empty, one, force: false);
        await File.WriteAllTextAsync(Path.Combine(folder, "d/y"), "mine");
        Assert.Equal(1, (await Checkout(one, two, force: false))!.Kept);
        Assert.Equal("mine", Read(folder)["/d/y"]);

        await File.WriteAllTextAsync(Path.Combine(folder, "x"), "mine");
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => Checkout(two, one, force: false));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        Assert.Contains("/x", refused.Message, StringComparison.Ordinal);
        Assert.Equal("2", Read(folder)["/d/z"]);
        await Checkout(two, one, force: true);
        Assert.Equal(new() { ["/x"] = "1", ["/d/y"] = "1" }, Read(folder));
        Assert.Null(await new FolderCheckout(content, reader, new ScanTally()).RunAsync(one, two, folder, identity with { Inode = 1 }, false, None));
    }

    private static SortedDictionary<string, string> RandomFiles(Random random)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        for (int i = random.Next(12); i > 0; i--)
        {
            string path = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => "/" + Names[random.Next(Names.Length)]));
            if (!files.Keys.Any(known => known.StartsWith(path + "/", StringComparison.Ordinal) || path.StartsWith(known + "/", StringComparison.Ordinal)))
            {
                files[path] = random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return files;
    }

    private static async Task<Digest> TreeAsync(RepoContent content, SortedDictionary<string, string> files)
    {
        List<TreeEdit> edits = [];
        foreach ((string path, string text) in files)
        {
            BlobInfo blob = await content.Blobs.PutAsync(Encoding.UTF8.GetBytes(text), None);
            edits.Add(new PutEntry(DataPath.Parse(path), TreeEntry.File(DataPath.Parse(path).Name, blob.Size, blob.Digest)));
        }

        return await content.Trees.ApplyAsync(await content.Trees.EmptyAsync(None), edits, None);
    }

    private static SortedDictionary<string, string> Read(string folder) => new(
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => file[folder.Length..], File.ReadAllText), StringComparer.Ordinal);
}
