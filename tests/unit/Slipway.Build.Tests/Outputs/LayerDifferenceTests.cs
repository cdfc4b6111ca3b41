using Slipway.Images.Layers;

namespace Slipway.Build.Outputs;

/// <summary>The first entry in which two layers differ, and how.</summary>
public sealed class LayerDifferenceTests
{
    private static readonly LayerEntry Plain = new("b", LayerEntryKind.File) { Mode = 0x1A4 };

    [Fact]
    public void Equal_layers_have_no_difference() => Assert.Null(Compare([File("a", "x"), Plain], [File("a", "x"), Plain]));

    [Fact]
    public void Each_kind_of_difference_is_named()
    {
        Assert.Equal("/b: mode 644 and 755", Compare([Plain], [Plain with { Mode = 0x1ED }]));
        Assert.Equal("/b: owner 0:0 and 5:6", Compare([Plain], [Plain with { Uid = 5, Gid = 6 }]));
        Assert.Equal("/b: kind File and Directory", Compare([Plain], [Plain with { Kind = LayerEntryKind.Directory }]));
        Assert.Equal("/b: time 0 and 9 (seconds since 1970)", Compare([Plain], [Plain with { ModifiedTime = new(9, 0) }]));
        Assert.Equal("/a: content", Compare([File("a", "x"), Plain], [File("a", "y"), Plain]));
        Assert.Equal("/a: size 1 and 2 bytes", Compare([File("a", "x")], [File("a", "xy")]));
        Assert.Equal("/a is only in the first", Compare([File("a", "x"), Plain], [Plain]));
        Assert.Equal("/b is only in the second", Compare([File("a", "x")], [File("a", "x"), Plain]));
    }

    private static LayerEntry File(string path, string text) =>
        new(path, LayerEntryKind.File) { Mode = 0x1A4, Size = text.Length, Content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) };

    private static string? Compare(LayerEntry[] left, LayerEntry[] right) => LayerDifference.First(Tar(left), Tar(right), CancellationToken.None);

    private static MemoryStream Tar(LayerEntry[] entries)
    {
        MemoryStream tar = new();
        LayerWriter writer = new(tar);
        Array.ForEach(entries, writer.Write);
        writer.Finish();
        tar.Position = 0;
        return tar;
    }
}
