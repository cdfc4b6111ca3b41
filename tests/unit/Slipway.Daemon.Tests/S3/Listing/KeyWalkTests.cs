using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.S3.Listing;
using Slipway.Data;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Tests.S3.Listing;

public sealed class KeyWalkTests
{
    private static readonly string[] Names = ["a", "a-", "a.b", "a0", "b", "b!", "é"];

    [Fact]
    public async Task Every_page_begins_where_the_one_before_ended_in_byte_order_of_whole_keys()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-keys-").FullName;
        LocalBlobStore blobs = await LocalBlobStore.OpenAsync(folder, CancellationToken.None);
        TreeStore trees = new(blobs);
        BlobInfo blob = await blobs.PutAsync("x"u8.ToArray(), CancellationToken.None);
        string[] keys = [.. Names.SelectMany(n => Names.Select(m => $"{n}/{m}")).Concat(Names.Select(n => $"{n}.f")).Order(Comparer<string>.Create(Utf8))];
        TreeEdit[] edits = [.. keys.Select(key => new PutEntry(DataPath.Parse("/" + key), TreeEntry.File("", 1, blob.Digest)))];
        Digest root = await trees.ApplyAsync(await trees.EmptyAsync(CancellationToken.None), edits, CancellationToken.None);

        for (int i = -1; i < keys.Length; i++)
        {
            List<string> rest = [];
            await foreach (ListedKey key in new KeyWalk(trees).WalkAsync(root, "", "", i < 0 ? "" : keys[i], deep: true, CancellationToken.None))
            {
                rest.Add(key.Key);
            }

            Assert.Equal(keys[(i + 1)..], rest);
        }

        await blobs.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static int Utf8(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
