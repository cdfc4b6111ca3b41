using Slipway.Images.Layers;

namespace Slipway.EndToEnd.Engine.Snapshots;

/// <summary>Layers by chance, over few names, so that entries meet: the same names again as something else, links, whiteouts, paths through links.</summary>
internal sealed class RandomLayer(int seed)
{
    private static readonly string[] Names = ["a", "b", "c", "!", "ä", "z.z"];

    private readonly Random _random = new(seed);

    public List<LayerEntry> Next()
    {
        List<LayerEntry> entries = [];
        for (int count = _random.Next(1, 18); count > 0; count--)
        {
            LayerEntry entry = NextEntry();
            LayerEntry[] files = [.. entries.Where(earlier => earlier.Kind is LayerEntryKind.File or LayerEntryKind.Fifo && earlier.Whiteout is null && !earlier.IsOpaqueMarker)];
            entries.Add(entry.Kind == LayerEntryKind.HardLink && files.Length > 0 && _random.Next(5) > 0 ? entry with { LinkTarget = files[_random.Next(files.Length)].Path } : entry);
        }

        return entries;
    }

    private LayerEntry NextEntry()
    {
        LayerEntry entry = _random.Next(20) switch
        {
            < 6 => File(),
            < 11 => new LayerEntry(NextPath(allowsRoot: true, isDirectory: _random.Next(20) > 0), LayerEntryKind.Directory),
            < 13 => new LayerEntry(NextPath(isDirectory: _random.Next(4) == 0), LayerEntryKind.Symlink) { LinkTarget = NextTarget() },
            < 15 => new LayerEntry(NextPath(), LayerEntryKind.HardLink) { LinkTarget = NextPath() },
            15 => new LayerEntry(NextPath(), LayerEntryKind.CharacterDevice) { DeviceMajor = _random.Next(1, 4000), DeviceMinor = _random.Next(1 << 20) },
            16 => new LayerEntry(NextPath(), LayerEntryKind.Fifo),
            17 => LayerEntry.OpaqueMarkerOf(NextPath(allowsRoot: true, isDirectory: true), NextTime()),
            _ => LayerEntry.WhiteoutOf(NextPath(isDirectory: _random.Next(3) == 0), NextTime()),
        };
        if (entry.IsOpaqueMarker || entry.Whiteout is not null)
        {
            return entry;
        }

        entry = entry with { Mode = _random.Next(0x1000), Uid = _random.Next(70_000), Gid = _random.Next(70_000), ModifiedTime = NextTime() };
        return entry.Kind is LayerEntryKind.File or LayerEntryKind.Directory && _random.Next(4) == 0
            ? entry with { Xattrs = entry.Xattrs.Add($"user.{_random.Next(3)}", NextBytes(_random.Next(40))).Add($"trusted.{_random.Next(3)}", NextBytes(_random.Next(9))).Add("trusted.overlay.origin", NextBytes(3)) }
            : entry;
    }

    private LayerEntry File()
    {
        byte[] content = NextBytes(_random.Next(5) switch { 0 => 0, 1 => _random.Next(1024), 2 => 512, 3 => 4096, _ => _random.Next(20_000) });
        return new LayerEntry(NextPath(), LayerEntryKind.File) { Size = content.Length, Content = new MemoryStream(content) };
    }

    // Directories have other names than all else for the most part, or few layers would be free of what is refused.
    private string NextPath(bool allowsRoot = false, bool isDirectory = false)
    {
        int depth = _random.Next(allowsRoot ? 0 : 1, 4);
        return string.Join('/', Enumerable.Range(1, depth).Select(level => NextName() + (level < depth || isDirectory ? "d" : "")));
    }

    private string NextName() => Names[_random.Next(Names.Length)] + (_random.Next(30) == 0 ? "d" : "");

    private string NextTarget() => _random.Next(6) switch
    {
        0 => "/" + NextPath(isDirectory: true),
        1 => "../" + NextPath(isDirectory: true),
        2 => new string('x', _random.Next(1, 1500)),
        3 => ".",
        _ => NextPath(),
    };

    private UnixTime NextTime() => new(_random.Next(-1_000_000, 1_500_000_000), _random.Next(1_000_000_000));

    private byte[] NextBytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
