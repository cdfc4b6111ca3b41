using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Slipway.Images.Layers;

/// <summary>Encodes one entry as a ustar header, with a PAX header before it only where ustar cannot say it. The same entry gives the same bytes.</summary>
internal static class TarHeaderWriter
{
    private const long MaximumSize = (1L << 33) - 1;
    private const int MaximumId = (1 << 21) - 1;

    /// <summary>Appends the header blocks of <paramref name="entry"/> to <paramref name="output"/>.</summary>
    public static void Write(Stream output, LayerEntry entry)
    {
        string name = entry.Kind == LayerEntryKind.Directory ? (entry.Path.Length == 0 ? "./" : entry.Path + "/") : entry.Path;
        string link = entry.LinkTarget ?? "";
        SortedDictionary<string, byte[]> pax = new(StringComparer.Ordinal);
        (string Prefix, string Name)? split = Split(name);
        if (split is null)
        {
            pax["path"] = Encoding.UTF8.GetBytes(name);
        }

        if (!Fits(link, 100))
        {
            pax["linkpath"] = Encoding.UTF8.GetBytes(link);
        }

        Number(pax, "size", entry.Size, MaximumSize);
        Number(pax, "uid", entry.Uid, MaximumId);
        Number(pax, "gid", entry.Gid, MaximumId);
        UnixTime time = entry.ModifiedTime;
        if (time.Nanoseconds != 0 || time.Seconds is < 0 or > MaximumSize)
        {
            pax["mtime"] = Encoding.ASCII.GetBytes(Decimal(time));
        }

        foreach ((string key, ReadOnlyMemory<byte> value) in entry.Xattrs)
        {
            pax[PaxRecords.XattrPrefix + key] = value.ToArray();
        }

        if (pax.Count > 0)
        {
            WritePax(output, pax);
        }

        Span<byte> block = stackalloc byte[TarBlock.Size];
        Fill(block, split ?? ("", Cut(name)), TypeOf(entry.Kind), entry.Mode, entry.Uid, entry.Gid, entry.Size, time.Seconds, Fits(link, 100) ? link : Cut(link));
        Octal(block.Slice(329, 8), entry.DeviceMajor);
        Octal(block.Slice(337, 8), entry.DeviceMinor);
        Finish(output, block);
    }

    private static void WritePax(Stream output, SortedDictionary<string, byte[]> records)
    {
        using MemoryStream body = new();
        foreach ((string key, byte[] value) in records)
        {
            int rest = Encoding.UTF8.GetByteCount(key) + value.Length + 3;
            int length = rest + 1;
            while (rest + length.ToString(CultureInfo.InvariantCulture).Length != length)
            {
                length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
            }

            body.Write(Encoding.UTF8.GetBytes($"{length} {key}="));
            body.Write(value);
            body.WriteByte((byte)'\n');
        }

        Span<byte> block = stackalloc byte[TarBlock.Size];
        Fill(block, ("", "PaxHeaders.0"), 'x', 0x1A4, 0, 0, body.Length, 0, "");
        Finish(output, block);
        body.WriteTo(output);
        Pad(output, body.Length);
    }

    /// <summary>Zeros up to the next whole block after <paramref name="length"/> bytes.</summary>
    public static void Pad(Stream output, long length)
    {
        Span<byte> zeros = stackalloc byte[TarBlock.Size];
        zeros.Clear();
        output.Write(zeros[..(int)(-length & (TarBlock.Size - 1))]);
    }

    private static void Fill(
        Span<byte> block, (string Prefix, string Name) name, char type, int mode, int uid, int gid, long size, long seconds, string link)
    {
        block.Clear();
        Encoding.ASCII.GetBytes(name.Name, block);
        Octal(block.Slice(100, 8), mode);
        Octal(block.Slice(108, 8), uid <= MaximumId ? uid : 0);
        Octal(block.Slice(116, 8), gid <= MaximumId ? gid : 0);
        Octal(block.Slice(124, 12), size <= MaximumSize ? size : 0);
        Octal(block.Slice(136, 12), seconds is >= 0 and <= MaximumSize ? seconds : 0);
        block[156] = (byte)type;
        Encoding.ASCII.GetBytes(link, block[157..]);
        "ustar\000"u8.CopyTo(block[257..]);
        block[263] = (byte)'0';
        block[264] = (byte)'0';
        Encoding.ASCII.GetBytes(name.Prefix, block[345..]);
    }

    private static void Finish(Stream output, Span<byte> block)
    {
        block.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }

        Octal(block.Slice(148, 7), sum);
        output.Write(block);
    }

    // Digits fill the field but its last byte, which stays NUL.
    private static void Octal(Span<byte> field, long value)
    {
        for (int index = field.Length - 2; index >= 0; index--)
        {
            field[index] = (byte)('0' + (value & 7));
            value >>= 3;
        }

        field[^1] = 0;
    }

    private static void Number(SortedDictionary<string, byte[]> pax, string key, long value, long maximum)
    {
        if (value > maximum)
        {
            pax[key] = Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string Decimal(UnixTime time)
    {
        bool negative = time.Seconds < 0 && time.Nanoseconds > 0;
        long seconds = negative ? time.Seconds + 1 : time.Seconds;
        int nanoseconds = negative ? 1_000_000_000 - time.Nanoseconds : time.Nanoseconds;
        string fraction = nanoseconds == 0 ? "" : "." + nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return (negative && seconds == 0 ? "-" : "") + seconds.ToString(CultureInfo.InvariantCulture) + fraction;
    }

    // ustar keeps a name of up to 100 bytes, and up to 155 before a slash in its prefix.
    private static (string Prefix, string Name)? Split(string name)
    {
        if (Fits(name, 100))
        {
            return ("", name);
        }

        if (!Fits(name, 256))
        {
            return null;
        }

        int slash = name.LastIndexOf('/', Math.Min(name.Length - 2, 155));
        return slash > 0 && name.Length - slash - 1 <= 100 ? (name[..slash], name[(slash + 1)..]) : null;
    }

    private static bool Fits(string text, int length) => text.Length <= length && !text.AsSpan().ContainsAnyExceptInRange('\u0001', '\u007f');

    private static string Cut(string text) => new([.. text.Where(character => character is > '\0' and <= '\u007f').Take(100)]);

    private static char TypeOf(LayerEntryKind kind) => kind switch
    {
        LayerEntryKind.File => '0',
        LayerEntryKind.HardLink => '1',
        LayerEntryKind.Symlink => '2',
        LayerEntryKind.CharacterDevice => '3',
        LayerEntryKind.BlockDevice => '4',
        LayerEntryKind.Directory => '5',
        LayerEntryKind.Fifo => '6',
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
