using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Slipway.Build.Inventory.Rpm;

/// <summary>
/// A package as rpm's database keeps it (rpm.org, "RPM V4 Package format", header): how many entries, how many bytes of data, then the entries (tag, type,
/// place, count; all big-endian), then the data.
/// </summary>
internal static class RpmHeader
{
    private const int EntrySize = 16;
    private const int Name = 1000, Version = 1001, Release = 1002, Epoch = 1003, Vendor = 1011, License = 1014, Packager = 1015, Url = 1020, Architecture = 1022, SourceRpm = 1044;
    private const int Int32Type = 4, StringType = 6, TranslatedType = 9;

    /// <summary>The package, or null where the bytes are no header, or one of a key that rpm trusts and not of a package.</summary>
    /// <param name="path">The database's path in the image.</param>
    public static Package? Parse(ReadOnlySpan<byte> header, string path)
    {
        if (header.Length < 8)
        {
            return null;
        }

        long entries = BinaryPrimitives.ReadUInt32BigEndian(header), size = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (8 + (entries * EntrySize) + size > header.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> index = header.Slice(8, (int)(entries * EntrySize)), data = header.Slice(8 + index.Length, (int)size);
        Dictionary<int, string> values = [];
        for (int at = 0; at < index.Length; at += EntrySize)
        {
            if (ValueOf(index.Slice(at, EntrySize), data) is { } value)
            {
                values[BinaryPrimitives.ReadInt32BigEndian(index[at..])] = value;
            }
        }

        return Of(values, path);
    }

    private static string? ValueOf(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> data)
    {
        uint type = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]), place = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
        if (place >= data.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = data[(int)place..];
        switch (type)
        {
            case StringType or TranslatedType when rest.IndexOf((byte)0) is var end and >= 0:
                return Encoding.UTF8.GetString(rest[..end]);
            case Int32Type when rest.Length >= 4:
                return BinaryPrimitives.ReadUInt32BigEndian(rest).ToString(CultureInfo.InvariantCulture);
            default:
                return null;
        }
    }

    private static Package? Of(Dictionary<int, string> values, string path)
    {
        if (!values.TryGetValue(Name, out string? name) || !values.TryGetValue(Version, out string? version) || name == "gpg-pubkey")
        {
            return null;
        }

        string epoch = values.TryGetValue(Epoch, out string? number) ? number + ":" : "";
        string release = values.TryGetValue(Release, out string? text) ? "-" + text : "";
        return new(PackageKind.Rpm, name, epoch + version + release, path)
        {
            Architecture = values.GetValueOrDefault(Architecture),
            License = values.GetValueOrDefault(License),
            Maintainer = values.GetValueOrDefault(Packager),
            Vendor = values.GetValueOrDefault(Vendor),
            Homepage = values.GetValueOrDefault(Url),
            SourcePackage = values.GetValueOrDefault(SourceRpm),
        };
    }
}
