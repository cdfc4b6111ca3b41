using System.Text;
using Slipway.Engine;
using Slipway.Images.Layers;

namespace Slipway.Engine.Tests.Snapshots.Erofs;

/// <summary>What needs no kernel; that a mount shows what extraction makes is checked end to end, by mounting.</summary>
public sealed class LayerTreeTests
{
    [Fact]
    public void The_same_tar_gives_the_same_image()
    {
        byte[] tar = Tar([.. Enumerable.Range(0, 200).Select(number => Text($"d{number % 7}/f{number}", $"{number}")), new LayerEntry("l", LayerEntryKind.Symlink) { LinkTarget = new string('x', 600) }]);
        byte[] image = Image(tar);
        Assert.Equal(image, Image(tar));
        Assert.Equal(0, image.Length % ErofsFormat.Block);
        Assert.Equal(tar.Length, ErofsFormat.TarBytes(image));
    }

    [Theory]
    [InlineData(1, 0x20)]
    [InlineData(512, 0x20)]
    [InlineData(513, 0x21)]
    [InlineData(1024, 0x21)]
    [InlineData(1025, 0x22)]
    [InlineData(1L << 40, 0x20 + 31)]
    public void A_file_is_one_chunk_whatever_its_length(long size, uint format) => Assert.Equal(format, ErofsFormat.OneChunk(size));

    [Fact]
    public void What_a_mount_cannot_say_is_left_to_extraction()
    {
        string below = Directory.CreateTempSubdirectory("slipway-below-").FullName;
        File.WriteAllText(Path.Combine(below, "below"), "x");
        LayerEntry file = new("f", LayerEntryKind.File);
        LayerEntry[][] odd =
        [
            [new LayerEntry("hard", LayerEntryKind.HardLink) { LinkTarget = "below" }],
            [new LayerEntry("hard", LayerEntryKind.HardLink) { LinkTarget = "nothing" }],
            [file with { Xattrs = file.Xattrs.Add("system.posix_acl_access", new byte[4]) }],
            [file with { Xattrs = file.Xattrs.Add("com.example.x", new byte[4]) }],
            [file with { Xattrs = file.Xattrs.Add("security.capability", new byte[4]) }],
            [new LayerEntry("l", LayerEntryKind.Symlink) { LinkTarget = "x", Xattrs = file.Xattrs.Add("user.x", new byte[4]) }],
            [file, Text("f/g", "x")],
            [Text(new string('ä', 200), "x")],
            [new LayerEntry("l", LayerEntryKind.Symlink) { LinkTarget = new string('x', 4096) }],
            [new LayerEntry("d", LayerEntryKind.CharacterDevice)],
            [new LayerEntry("d", LayerEntryKind.BlockDevice) { DeviceMajor = 5000 }],
            [new LayerEntry("a", LayerEntryKind.Symlink) { LinkTarget = "b" }, new LayerEntry("b", LayerEntryKind.Symlink) { LinkTarget = "a" }, Text("a/x", "x")],
        ];
        foreach (LayerEntry[] entries in odd)
        {
            Assert.True(IsOdd(Tar(entries), below), string.Join(' ', entries.Select(entry => entry.Path)));
        }

        Assert.True(IsOdd(Tar([Text("f", "x")])[..700], below));
        Assert.False(IsOdd(Tar([Text("f", "x")]), below));
        Directory.Delete(below, recursive: true);
    }

    private static bool IsOdd(byte[] tar, string below)
    {
        try
        {
            using LowerLayers lower = new([below]);
            ErofsImage.Write(Stream.Null, LayerTree.Read(LayerReader.OfTar(new MemoryStream(tar)), lower).Root, tar.Length, new byte[16]);
            return false;
        }
        catch (OddLayerException)
        {
            return true;
        }
    }

    private static byte[] Image(byte[] tar)
    {
        using LowerLayers lower = new([]);
        using MemoryStream output = new();
        ErofsImage.Write(output, LayerTree.Read(LayerReader.OfTar(new MemoryStream(tar)), lower).Root, tar.Length, new byte[16]);
        return output.ToArray();
    }

    private static byte[] Tar(LayerEntry[] entries)
    {
        using MemoryStream output = new();
        LayerWriter writer = new(output);
        Array.ForEach(entries, writer.Write);
        writer.Finish();
        return output.ToArray();
    }

    private static LayerEntry Text(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return new LayerEntry(path, LayerEntryKind.File) { Mode = 0x1A4, Size = bytes.Length, Content = new MemoryStream(bytes) };
    }
}
