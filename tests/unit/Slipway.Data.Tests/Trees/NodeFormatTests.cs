using Slipway.Content;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

public sealed class NodeFormatTests
{
    private static readonly Digest Name = Digest.Of("node");

    private static TreeNode Sample => new(0,
    [
        TreeEntry.File("a", 1, Digest.Of("a")),
        TreeEntry.File("b.sh", 300, Digest.Of("b"), executable: true),
        new TreeEntry("d", EntryKind.Directory, false, 1L << 40, Digest.Of("d")),
        new TreeEntry("é\uFFFD", EntryKind.Symlink, false, 0, Digest.Of("l")),
        TreeEntry.File("😀", 0, Digest.Of("")),
    ]);

    [Fact]
    public void Reads_what_it_wrote()
    {
        TreeNode read = NodeFormat.Decode(Name, NodeFormat.Encode(Sample));
        Assert.Equal(Sample.Items, read.Items);
        TreeNode above = new(3, [new NodeReference("m", 70, 12, Name), new NodeReference("z", 1L << 33, 0, Name)]);
        TreeNode readAbove = NodeFormat.Decode(Name, NodeFormat.Encode(above));
        Assert.Equal((3, (1L << 33) + 70, 12L), (readAbove.Level, readAbove.Entries, readAbove.Size));
        Assert.Equal(above.Items, readAbove.Items);
    }

    /// <summary>The bytes on disk are a promise: these digests may only change with the format's version.</summary>
    [Fact]
    public void Vectors_stay()
    {
        Assert.Equal("535754010000", Convert.ToHexString(NodeFormat.Encode(TreeNode.Empty)));
        byte[] one = NodeFormat.Encode(new TreeNode(0, [TreeEntry.File("a", 300, Digest.Of(""))]));
        Assert.Equal("535754010001" + "00" + "0161" + "AC02" + Digest.Of("").Hex.ToUpperInvariant(), Convert.ToHexString(one));
    }

    [Fact]
    public void Every_cut_and_every_addition_is_refused()
    {
        byte[] bytes = NodeFormat.Encode(Sample);
        for (int length = 0; length < bytes.Length; length++)
        {
            AssertCorrupt(bytes[..length]);
        }

        AssertCorrupt([.. bytes, 0]);
    }

    [Fact]
    public void Changed_bytes_are_refused_or_mean_something_else()
    {
        byte[] bytes = NodeFormat.Encode(Sample);
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x81;
            try
            {
                // One encoding of each content: what is read writes the same bytes again.
                Assert.Equal(changed, NodeFormat.Encode(NodeFormat.Decode(Name, changed)));
            }
            catch (SlipwayException e)
            {
                Assert.Equal(ErrorKind.Corrupt, e.Kind);
            }
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/b")]
    [InlineData("a\0")]
    public void Names_that_would_leave_their_directory_are_refused(string name) =>
        AssertCorrupt(NodeFormat.Encode(new TreeNode(0, [TreeEntry.File(name, 0, Name)])));

    [Fact]
    public void Other_orders_levels_and_numbers_are_refused()
    {
        AssertCorrupt(NodeFormat.Encode(new TreeNode(0, [TreeEntry.File("b", 0, Name), TreeEntry.File("a", 0, Name)])));
        AssertCorrupt(NodeFormat.Encode(new TreeNode(0, [TreeEntry.File("a", 0, Name), TreeEntry.File("a", 0, Name)])));
        AssertCorrupt(NodeFormat.Encode(new TreeNode(17, [new NodeReference("a", 1, 1, Name)])));
        AssertCorrupt(NodeFormat.Encode(new TreeNode(1, [])));
        AssertCorrupt(Convert.FromHexString("53575401008000"));
        AssertCorrupt(Convert.FromHexString("535754020000"));
    }

    private static void AssertCorrupt(byte[] bytes) =>
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<SlipwayException>(() => NodeFormat.Decode(Name, bytes)).Kind);
}
