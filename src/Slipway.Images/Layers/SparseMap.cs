using System.Globalization;
using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>Where a sparse file's data lies, in each of the four ways that GNU tar has written it: its own header, and PAX 0.0, 0.1 and 1.0.</summary>
internal sealed record SparseMap(IReadOnlyList<DataExtent> Extents, long RealSize)
{
    private const int MaximumExtents = 1 << 20;

    public delegate ReadOnlySpan<byte> NextBlock();

    /// <summary>The old GNU form: four extents in the header, 21 in each extension block.</summary>
    public static SparseMap FromGnuHeader(TarBlock header, NextBlock next)
    {
        List<DataExtent> extents = [];
        header.ReadGnuSparse(386, 4, extents);
        long realSize = header.GnuRealSize;
        bool more = header.GnuSparseContinues;
        while (more && extents.Count < MaximumExtents)
        {
            ReadOnlySpan<byte> block = next();
            more = block[504] != 0;
            new TarBlock(block).ReadGnuSparse(0, 21, extents);
        }

        return new(extents, realSize);
    }

    /// <summary>The PAX forms, or null where the file is not sparse. Form 1.0 keeps the map before the data, in <paramref name="content"/>.</summary>
    public static SparseMap? FromPax(PaxRecords pax, EntryStream content, long size)
    {
        if (pax.Number("GNU.sparse.major") == 1)
        {
            return new(ReadMap(content), pax.Number("GNU.sparse.realsize") ?? throw Wrong("has no real size"));
        }

        if (pax.Text("GNU.sparse.map") is { } map)
        {
            return new(Pairs([.. map.Split(',').Select(Number)]), pax.Number("GNU.sparse.size") ?? throw Wrong("has no size"));
        }

        return pax.Has("GNU.sparse.numblocks") ? new(Pairs(pax.RepeatedSparse), pax.Number("GNU.sparse.size") ?? size) : null;
    }

    /// <summary>The extents, once they are known to be ordered, within the file and as long as the data that follows.</summary>
    public IReadOnlyList<DataExtent> Checked(string path, long stored)
    {
        long end = 0, data = 0;
        foreach (DataExtent extent in Extents)
        {
            if (extent.Offset < end || extent.Length < 0 || extent.Length > RealSize || extent.Offset > RealSize - extent.Length)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer's entry '{path}' is refused: its sparse map overlaps or leaves the file");
            }

            end = extent.Offset + extent.Length;
            data += extent.Length;
        }

        return data <= stored && RealSize >= 0
            ? Extents
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer's entry '{path}' is refused: its sparse map names more bytes than are stored");
    }

    // Decimal numbers, one a line: the count, then an offset and a length each; filled up to a whole block.
    private static List<DataExtent> ReadMap(EntryStream content)
    {
        Span<byte> block = stackalloc byte[TarBlock.Size];
        long number = 0;
        int digits = 0;
        long count = -1;
        List<long> numbers = [];
        while (count < 0 || numbers.Count < count * 2)
        {
            content.ReadExactly(block);
            foreach (byte value in block)
            {
                if (value == '\n' && digits > 0)
                {
                    if (count < 0)
                    {
                        count = number <= MaximumExtents ? number : throw Wrong("has too many extents");
                    }
                    else if (numbers.Count < count * 2)
                    {
                        numbers.Add(number);
                    }

                    (number, digits) = (0, 0);
                }
                else if (value is >= (byte)'0' and <= (byte)'9' && ++digits <= 18)
                {
                    number = (number * 10) + value - '0';
                }
                else if (count < 0 || numbers.Count < count * 2)
                {
                    throw Wrong("is not made of numbers");
                }
            }
        }

        return Pairs(numbers);
    }

    private static List<DataExtent> Pairs(IReadOnlyList<long> numbers) => numbers.Count % 2 == 0
        ? [.. Enumerable.Range(0, numbers.Count / 2).Select(index => new DataExtent(numbers[index * 2], numbers[(index * 2) + 1]))]
        : throw Wrong("has an offset without a length");

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw Wrong("is not made of numbers");

    private static MalformedTarException Wrong(string why) => new($"a sparse map {why}");
}
