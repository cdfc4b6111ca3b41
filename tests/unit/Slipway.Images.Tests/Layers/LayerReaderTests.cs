using Slipway.Linux.Zstd;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>What other tools write is read; what nobody should write is refused by name.</summary>
public sealed class LayerReaderTests
{
    [Theory]
    [InlineData(TarFixtures.GnuSparse)]
    [InlineData(TarFixtures.PaxSparse00)]
    [InlineData(TarFixtures.PaxSparse01)]
    [InlineData(TarFixtures.PaxSparse10)]
    public void Sparse_files_are_whole(string gzip)
    {
        Dictionary<string, string> hashes = [];
        using LayerReader reader = LayerReader.Open(new MemoryStream(Convert.FromBase64String(gzip)));
        while (reader.Read() is { } entry)
        {
            using MemoryStream content = new();
            entry.Content.CopyTo(content);
            Assert.Equal(entry.Size, content.Length);
            hashes[entry.Path] = Convert.ToHexStringLower(SHA256.HashData(content.ToArray()));
        }

        Assert.Equal("d7d1ad6fe276066e2bc801d9558f03def0f79aeed18640b515f7cc8693a5bf41", hashes["sparse"]);
        Assert.Equal("f285b5390090de14c6084552a5008855c8f189e60e85b38177cb75c6da90908e", hashes["many"]);
    }

    [Fact]
    public void Long_names_and_large_owners_of_gnu_tar_are_read()
    {
        string part = new('n', 120);
        List<LayerEntry> entries = ReadAll(Convert.FromBase64String(TarFixtures.GnuLongNames));

        Assert.Contains(entries, entry => entry.Path == $"d/{part}/{part}");
        Assert.Contains(entries, entry => entry.Kind == LayerEntryKind.Symlink && entry.LinkTarget == $"{part}/{part}");
        Assert.All(entries, entry => Assert.Equal((3_000_000, 7, 1_000_000_000), (entry.Uid, entry.Gid, entry.ModifiedTime.Seconds)));
        Assert.Single(entries, entry => entry.Kind == LayerEntryKind.HardLink);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("..")]
    [InlineData("/../x")]
    [InlineData(".wh.")]
    [InlineData("a/.wh...")]
    [InlineData(".wh..")]
    public void A_name_that_leads_out_is_refused_and_named(string name)
    {
        SlipwayException fault = Assert.Throws<SlipwayException>(() => ReadAll(TarOf(new LayerEntry(name, LayerEntryKind.File))));

        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Contains($"'{name}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hard_link_that_leads_out_is_refused() => Assert.Throws<SlipwayException>(
        () => ReadAll(TarOf(new LayerEntry("a", LayerEntryKind.HardLink) { LinkTarget = "../../etc/shadow" })));

    [Theory]
    [InlineData("/a//b/./c", "a/b/c")]
    [InlineData("./a", "a")]
    [InlineData(".a/..b", ".a/..b")]
    public void A_name_is_normalised(string name, string path) => Assert.Equal(path, ReadAll(TarOf(new LayerEntry(name, LayerEntryKind.File))).Single().Path);

    [Fact]
    public void Whiteouts_say_what_they_hide_and_bookkeeping_of_aufs_is_left_out()
    {
        List<LayerEntry> entries = ReadAll(TarOf(
            LayerEntry.WhiteoutOf("a/b", default), LayerEntry.OpaqueMarkerOf("c", default), new LayerEntry(".wh..wh.plnk/x", LayerEntryKind.File), new LayerEntry("d", LayerEntryKind.File)));

        Assert.Equal(["a/b", null, null], entries.Select(entry => entry.Whiteout));
        Assert.Equal([false, true, false], entries.Select(entry => entry.IsOpaqueMarker));
    }

    [Fact]
    public void Gzip_of_several_members_is_one_tar()
    {
        byte[] tar = TarOf(new LayerEntry("a", LayerEntryKind.File) { Size = 5, Content = new MemoryStream("hello"u8.ToArray()) });
        using MemoryStream joined = new();
        foreach (byte[] part in (byte[][])[tar[..700], tar[700..]])
        {
            using GZipStream gzip = new(joined, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(part);
        }

        using LayerReader reader = LayerReader.Open(new MemoryStream(joined.ToArray()));
        using StreamReader text = new(reader.Read()!.Content);
        Assert.Equal("hello", text.ReadToEnd());
        Assert.Null(reader.Read());
    }

    [Fact]
    public void Every_cut_of_a_tar_ends_well()
    {
        byte[] tar = TarOf(
            new LayerEntry(new string('x', 300), LayerEntryKind.File) { Size = 700, Content = new MemoryStream(new byte[700]) }, new LayerEntry("b", LayerEntryKind.Directory));
        for (int length = 1; length < tar.Length - 1024; length += 61)
        {
            byte[] cut = tar[..length];
            Exception? seekable = Record.Exception(() => ReadAll(cut));
            Assert.True(seekable is null or SlipwayException, $"a cut at {length} gave {seekable}");
        }
    }

    [Fact]
    public void Noise_is_refused_and_never_anything_worse() => Prop.ForAll<byte[], int>((noise, at) =>
    {
        byte[] tar = TarOf(
            new LayerEntry("a", LayerEntryKind.File) { Size = 600, Content = new MemoryStream(new byte[600]), ModifiedTime = new(5, 5) },
            new LayerEntry("b", LayerEntryKind.Symlink) { LinkTarget = new string('y', 200) });
        for (int index = 0; index < noise.Length; index++)
        {
            tar[(int)(((uint)at + (uint)(index * 37)) % (uint)tar.Length)] = noise[index];
        }

        Exception? thrown = Record.Exception(() => ReadAll(tar));
        return thrown is null or SlipwayException { Kind: ErrorKind.InvalidArgument };
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Content_is_gone_once_the_reader_moves_on()
    {
        byte[] tar = TarOf(new LayerEntry("a", LayerEntryKind.File) { Size = 1, Content = new MemoryStream([1]) }, new LayerEntry("b", LayerEntryKind.File));
        using LayerReader reader = LayerReader.Open(new MemoryStream(tar));
        LayerEntry first = reader.Read()!;
        reader.Read();

        Assert.Throws<ObjectDisposedException>(() => first.Content.ReadByte());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_layer_compressed_with_zstd_is_read_and_a_damaged_one_refused(bool damaged)
    {
        using MemoryStream compressed = new();
        using (ZstdWriteStream zstd = new(compressed, level: 3, workers: 0))
        {
            zstd.Write(TarOf(new LayerEntry("abc", LayerEntryKind.File) { Size = 3, Content = new MemoryStream([1, 2, 3]) }));
        }

        byte[] bytes = compressed.ToArray();
        if (damaged)
        {
            bytes[^3] ^= 1;
            Assert.Contains("zstd", Assert.Throws<SlipwayException>(() => ReadAll(bytes)).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("abc", Assert.Single(ReadAll(bytes)).Path);
        }
    }

    [Fact]
    public void A_name_that_is_not_unicode_is_refused()
    {
        byte[] tar = TarOf(new LayerEntry("abc", LayerEntryKind.File));
        tar[1] = 0xFF;
        int sum = tar.AsSpan(0, 512).ToArray().Select((value, index) => index is >= 148 and < 156 ? (int)' ' : value).Sum();
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(tar, 148);

        Assert.Contains("not UTF-8", Assert.Throws<SlipwayException>(() => ReadAll(tar)).Message, StringComparison.Ordinal);
    }

    private static byte[] TarOf(params LayerEntry[] entries)
    {
        using MemoryStream output = new();
        LayerWriter writer = new(output);
        foreach (LayerEntry entry in entries)
        {
            writer.Write(entry);
        }

        writer.Finish();
        return output.ToArray();
    }

    private static List<LayerEntry> ReadAll(byte[] tar)
    {
        List<LayerEntry> entries = [];
        using LayerReader reader = LayerReader.Open(new MemoryStream(tar));
        while (reader.Read() is { } entry)
        {
            entry.Content.CopyTo(Stream.Null);
            entries.Add(entry);
        }

        return entries;
    }
}
