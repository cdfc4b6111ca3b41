using System.Text;
using System.Text.Json;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Packs;
using Slipway.Content.Metadata.Sqlite;

namespace Slipway.Content.Tests.Formats;

/// <summary>The bytes on disk are promises: they are those that another program makes by the page alone.</summary>
public sealed class VectorTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_segment_its_index_and_its_burials()
    {
        JsonElement vector = Vectors.All.GetProperty("segment");
        byte[][] blobs = [.. vector.GetProperty("blobs").EnumerateArray().Select(blob => Encoding.UTF8.GetBytes(blob.GetString()!))];
        long number = vector.GetProperty("number").GetInt64();
        StoreDisk disk = new();
        using (OpenPack pack = OpenPack.Create(disk, _directory["pack"], number))
        {
            foreach (byte[] blob in blobs)
            {
                pack.Append(Digest.Of(blob), blob);
            }

            pack.Bury(Digest.Of(blobs[0]));
            pack.WriteOut();
            PackIndexFormat.Write(disk, _directory["index"], number, pack.Length, pack.Slots);
        }

        using (Burials burials = Burials.Open(disk, _directory["dead"], number, new RecoveryTally()))
        {
            burials.Add(Digest.Of(blobs[1]));
        }

        foreach (string file in (string[])["pack", "index", "dead"])
        {
            Assert.Equal(Convert.ToHexString(vector.Bytes(file)), Convert.ToHexString(File.ReadAllBytes(_directory[file])));
        }
    }

    [Fact]
    public void A_recipe()
    {
        Recipe recipe = new([new RecipePart(Digest.Of("a"), 0, 100), new RecipePart(Digest.Of("b"), 7, 8 << 20)]);
        Assert.Equal(Vectors.All.GetProperty("recipe").GetString(), Encoding.ASCII.GetString(recipe.Encode()));
        Assert.Equal(recipe.Parts.ToArray(), Recipe.Decode(recipe.Encode())!.Parts.ToArray());
    }

    [Fact]
    public void The_sum_of_a_record()
    {
        JsonElement vector = Vectors.All.GetProperty("sum of a record");
        byte[] sum = RowSum.Of(vector.GetProperty("table").GetString()!, vector.GetProperty("key").GetString()!, Encoding.UTF8.GetBytes(vector.GetProperty("value").GetString()!));
        Assert.Equal(Convert.ToHexString(vector.Bytes("sum")), Convert.ToHexString(sum));
    }
}
