using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>What is written is read back the same, and the same entries give the same bytes.</summary>
public sealed class LayerWriterTests
{
    private static readonly Gen<string> Names = Gen.Choose(1, 90).SelectMany(length => Gen.ArrayOf(Gen.Elements('a', 'b', '-', 'é', '漢', '7'), length)).Select(letters => "n" + new string(letters));

    private static readonly Gen<string> Paths = Gen.Choose(1, 4).SelectMany(depth => Gen.ArrayOf(Names, depth)).Select(parts => string.Join('/', parts));

    private static readonly Gen<LayerEntry> Entries =
        from path in Paths
        from kind in Gen.Elements(Enum.GetValues<LayerEntryKind>())
        from mode in Gen.Choose(0, 0xFFF)
        from uid in Gen.Elements(0, 1000, 2_097_151, 2_097_152, int.MaxValue)
        from seconds in Gen.Elements(0L, -1L, 1_000_000_000L, 1L << 33, 1L << 40)
        from nanoseconds in Gen.Elements(0, 1, 500_000_000, 999_999_999)
        from link in Paths
        from content in Gen.Choose(0, 1500)
        from xattr in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value))
        from device in Gen.Choose(0, 2_000_000)
        select new LayerEntry(path, kind)
        {
            Mode = mode,
            Uid = uid,
            Gid = uid / 2,
            ModifiedTime = new(seconds, nanoseconds),
            LinkTarget = kind is LayerEntryKind.Symlink or LayerEntryKind.HardLink ? link : null,
            DeviceMajor = kind is LayerEntryKind.BlockDevice or LayerEntryKind.CharacterDevice ? device : 0,
            DeviceMinor = kind is LayerEntryKind.BlockDevice or LayerEntryKind.CharacterDevice ? 3 : 0,
            Size = kind == LayerEntryKind.File ? content : 0,
            Content = kind == LayerEntryKind.File ? new MemoryStream([.. Enumerable.Range(0, content).Select(index => (byte)(index * 7))]) : Stream.Null,
            Xattrs = xattr.Length == 0 ? ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) : new Dictionary<string, ReadOnlyMemory<byte>> { ["user.x"] = xattr }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };

    [Fact]
    public void Entries_come_back_as_they_were() => Prop.ForAll(Arb.From(Gen.ArrayOf(Entries)), entries =>
    {
        byte[] tar = Write(entries);
        using LayerReader reader = LayerReader.Open(new MemoryStream(tar));
        foreach (LayerEntry entry in entries)
        {
            LayerEntry? read = reader.Read();
            Assert.NotNull(read);
            using MemoryStream content = new();
            read.Content.CopyTo(content);
            Assert.Equal(Describe(entry), Describe(read));
            Assert.Equal(entry.Size, content.Length);
        }

        Assert.Null(reader.Read());
        Assert.Equal(0, tar.Length % 512);
        Assert.Equal(tar, Write(entries));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_plain_entry_needs_no_extended_header() => Assert.Equal(
        512 + 1024, Write([new("usr/share/" + new string('d', 90) + "/" + new string('f', 90), LayerEntryKind.File) { ModifiedTime = new(946684800, 0) }]).Length);

    [Theory]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    public void Content_of_another_length_is_refused(int said, int real)
    {
        LayerEntry entry = new("a", LayerEntryKind.File) { Size = said, Content = new MemoryStream(new byte[real]) };

        Assert.Equal(ErrorKind.Conflict, Assert.Throws<SlipwayException>(() => Write([entry])).Kind);
    }

    [Fact]
    public async Task A_failing_writer_fails_the_store_and_leaves_no_name()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await LayerWriter.StoreAsync(
            store.Blobs, _ => throw new SlipwayException(ErrorKind.Conflict, "changed"), CancellationToken.None));

        Assert.Equal(ErrorKind.Conflict, fault.Kind);
    }

    [Fact]
    public async Task A_stored_layer_has_one_digest_for_blob_and_tar()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        byte[] content = new byte[3 << 20];
        Layer layer = await LayerWriter.StoreAsync(
            store.Blobs, writer => writer.Write(new("big", LayerEntryKind.File) { Size = content.Length, Content = new MemoryStream(content) }), CancellationToken.None);

        Assert.Equal(layer.DiffId, layer.Descriptor.Digest);
        Assert.Equal(Digest.Of(Write([new("big", LayerEntryKind.File) { Size = content.Length, Content = new MemoryStream(content) }])), layer.DiffId);
    }

    private static string Describe(LayerEntry entry) =>
        $"{entry.Path} {entry.Kind} {entry.Mode} {entry.Uid}:{entry.Gid} {entry.ModifiedTime} {entry.LinkTarget} {entry.DeviceMajor},{entry.DeviceMinor} {entry.Size} "
        + string.Join(',', entry.Xattrs.Select(xattr => $"{xattr.Key}={Convert.ToHexString(xattr.Value.Span)}"));

    private static byte[] Write(IEnumerable<LayerEntry> entries)
    {
        using MemoryStream output = new();
        LayerWriter writer = new(output);
        foreach (LayerEntry entry in entries)
        {
            if (entry.Content.CanSeek)
            {
                entry.Content.Position = 0;
            }

            writer.Write(entry);
        }

        writer.Finish();
        return output.ToArray();
    }
}
