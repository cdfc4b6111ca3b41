using System.Text;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.EndToEnd.Engine.Snapshots;

/// <summary>What is mounted is what would have been unpacked: extraction is the oracle.</summary>
public sealed class LayerMountTests
{
    private const int Rounds = 300;

    [Fact]
    public void A_mounted_layer_shows_what_extraction_makes()
    {
        int mounted = 0, refused = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            using LayerFixture bench = new();
            RandomLayer random = new(seed);
            string below = bench.Extract(bench.Tar(new LayerEntry("ad/bd", LayerEntryKind.Directory) { Mode = 0x1C8, Uid = 7, Gid = 8 }, new LayerEntry("cd", LayerEntryKind.Symlink) { LinkTarget = "ad" }, Text("bd/a", "below")));
            string tar = bench.Tar(random.Next());
            string extracted;
            try
            {
                extracted = bench.Extract(tar, below);
            }
            catch (SlipwayException)
            {
                refused++;
                Assert.True(bench.IsOdd(tar, below), $"seed {seed}: extraction refuses the layer");
                continue;
            }

            try
            {
                LayerFixture.AssertSame(extracted, bench.Mount(tar, below), $"seed {seed}\n");
                mounted++;
            }
            catch (Exception odd) when (odd is OddLayerException or LinuxException)
            {
                // Left to extraction: never wrong, but it must not be the rule.
            }
        }

        Assert.True(mounted > (Rounds - refused) * 3 / 4 && mounted > Rounds / 3, $"of {Rounds} layers {refused} are refused and {mounted} mounted");
    }

    [Fact]
    public void Names_of_every_kind_are_found_and_in_order()
    {
        using LayerFixture bench = new();
        string[] names = ["!", "+", "-", "..a", ".a", ".", "ä", "日本", new('x', 255), new('ä', 127), .. Enumerable.Range(0, 3000).Select(number => $"file-{number}")];
        string tar = bench.Tar(names.Where(name => name != ".").SelectMany(name => (LayerEntry[])[Text(name, name), Text($"d/{name}", name)]));
        LayerFixture.AssertSame(bench.Extract(tar), bench.Mount(tar));
    }

    [Fact]
    public void Symlinks_and_attributes_of_every_length_are_whole()
    {
        using LayerFixture bench = new();
        List<LayerEntry> entries = [];
        for (int length = 1; length < 1200; length += 7)
        {
            entries.Add(new LayerEntry($"link-{length}", LayerEntryKind.Symlink) { LinkTarget = new string('x', length) });
            LayerEntry file = Text($"file-{length}", "x");
            entries.Add(file with { Xattrs = file.Xattrs.Add($"user.{new string('n', 1 + (length % 240))}", new byte[length]).Add("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000")) });
        }

        entries.Add(new LayerEntry("longest", LayerEntryKind.Symlink) { LinkTarget = new string('x', 4095) });
        string tar = bench.Tar(entries);
        LayerFixture.AssertSame(bench.Extract(tar), bench.Mount(tar));
    }

    [Fact]
    public void A_deep_tree_and_a_large_file_are_whole()
    {
        using LayerFixture bench = new();
        byte[] large = new byte[(9 << 20) + 77];
        new Random(1).NextBytes(large);
        string deep = string.Join('/', Enumerable.Repeat("d", 1000));
        string tar = bench.Tar(Text(deep + "/f", "deep"), new LayerEntry("large", LayerEntryKind.File) { Size = large.Length, Content = new MemoryStream(large) });
        LayerFixture.AssertSame(bench.Extract(tar), bench.Mount(tar));
    }

    [Fact]
    public void An_implied_directory_looks_like_the_one_below_or_has_the_time_of_what_is_in_it()
    {
        using LayerFixture bench = new();
        string below = bench.Mount(bench.Tar(new LayerEntry("private", LayerEntryKind.Directory) { Mode = 0x1C0, Uid = 5, Gid = 6, ModifiedTime = new(1_000, 5) }));
        string mounted = bench.Mount(bench.Tar(Text("private/file", "x"), Text("new/file", "y") with { ModifiedTime = new(2_000, 7) }), below);
        FileStatus taken = Libc.Status(mounted + "/private"), made = Libc.Status(mounted + "/new");
        Assert.Equal((0x1C0, 5u, 6u, 1_000L, 5u), (taken.Permissions, taken.User, taken.Group, taken.ModifiedSeconds, taken.ModifiedNanoseconds));
        Assert.Equal((0x1ED, 0u, 0u, 2_000L, 7u), (made.Permissions, made.User, made.Group, made.ModifiedSeconds, made.ModifiedNanoseconds));
    }

    private static LayerEntry Text(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return new LayerEntry(path, LayerEntryKind.File) { Mode = 0x1A4, Size = bytes.Length, Content = new MemoryStream(bytes) };
    }
}
