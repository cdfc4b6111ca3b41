using System.Buffers.Binary;
using System.Text;

namespace Slipway.Images.Layers;

/// <summary>The fields of one 512-byte tar header, as ustar and GNU lay them out. A view: it owns no bytes.</summary>
internal readonly ref struct TarBlock(ReadOnlySpan<byte> block)
{
    public const int Size = 512;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _block = block;

    public char Type => (char)_block[156];

    public bool IsZero => _block.IndexOfAnyExcept((byte)0) < 0;

    public int Mode => (int)Number(100, 8, "mode") & 0xFFF;

    public long Uid => Number(108, 8, "uid");

    public long Gid => Number(116, 8, "gid");

    public long EntrySize => Number(124, 12, "size");

    public long ModifiedTime => Number(136, 12, "mtime");

    public string LinkName => Text(157, 100);

    public int DeviceMajor => IsUstar || IsGnu ? (int)Number(329, 8, "devmajor") : 0;

    public int DeviceMinor => IsUstar || IsGnu ? (int)Number(337, 8, "devminor") : 0;

    public long GnuRealSize => Number(483, 12, "real size");

    public bool GnuSparseContinues => _block[482] != 0;

    private bool IsUstar => _block.Slice(257, 6).SequenceEqual("ustar\0"u8);

    private bool IsGnu => _block.Slice(257, 8).SequenceEqual("ustar  \0"u8);

    /// <summary>The name, with ustar's prefix before it.</summary>
    public string Name
    {
        get
        {
            string name = Text(0, 100);
            string prefix = IsUstar ? Text(345, 155) : "";
            return prefix.Length == 0 ? name : prefix + "/" + name;
        }
    }

    /// <summary>The header's checksum is over its bytes with the field itself as spaces; old writers summed signed bytes.</summary>
    public bool ChecksumHolds
    {
        get
        {
            long unsigned = 0, signed = 0;
            for (int index = 0; index < Size; index++)
            {
                byte value = index is >= 148 and < 156 ? (byte)' ' : _block[index];
                unsigned += value;
                signed += (sbyte)value;
            }

            return Number(148, 8, "checksum") is var stated && (stated == unsigned || stated == signed);
        }
    }

    /// <summary>The sparse map's (offset, length) pairs at <paramref name="at"/>: 4 in the header at 386, 21 in an extension block at 0.</summary>
    public void ReadGnuSparse(int at, int count, List<DataExtent> extents)
    {
        for (int index = 0; index < count && _block[at + (index * 24)] != 0; index++)
        {
            extents.Add(new(Number(at + (index * 24), 12, "sparse offset"), Number(at + (index * 24) + 12, 12, "sparse length")));
        }
    }

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedTarException($"the name '{Encoding.UTF8.GetString(bytes)}' is not UTF-8");
        }
    }

    private string Text(int at, int length)
    {
        ReadOnlySpan<byte> field = _block.Slice(at, length);
        int end = field.IndexOf((byte)0);
        return Decode(end < 0 ? field : field[..end]);
    }

    /// <summary>Octal digits between spaces and NULs or, with the top bit set, GNU's big-endian two's complement ("base-256").</summary>
    private long Number(int at, int length, string what)
    {
        ReadOnlySpan<byte> field = _block.Slice(at, length);
        if ((field[0] & 0x80) != 0)
        {
            bool negative = (field[0] & 0x40) != 0;
            Span<byte> wide = stackalloc byte[16];
            wide.Fill(negative ? (byte)0xFF : (byte)0);
            field.CopyTo(wide[(16 - length)..]);
            wide[16 - length] = negative ? field[0] : (byte)(field[0] & 0x7F);
            Int128 value = BinaryPrimitives.ReadInt128BigEndian(wide);
            return value >= long.MinValue && value <= long.MaxValue ? (long)value : throw Wrong(what);
        }

        field = field.Trim(" \0"u8);
        long number = 0;
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                throw Wrong(what);
            }

            number = (number << 3) | (long)(digit - '0');
        }

        return number;
    }

    private static MalformedTarException Wrong(string what) => new($"the {what} is not a number");
}
