using System.Buffers.Binary;

namespace Slipway.Data.Diffs.Facts;

/// <summary>The size in pixels of an image, by its header: PNG, JPEG, GIF, WebP, BMP, TIFF.</summary>
internal static class ImageFacts
{
    private const int MostSegments = 1000;
    private const int MostTags = 1000;

    /// <summary>Null where it is no image of these, or its header is broken.</summary>
    /// <param name="head">The first bytes of the content.</param>
    public static async ValueTask<FileFacts?> ReadAsync(Stream content, byte[] head, CancellationToken cancellationToken)
    {
        if (Simple(head) is { } found)
        {
            return found;
        }

        try
        {
            return head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? await JpegAsync(content, cancellationToken)
                : head.AsSpan().StartsWith("II*\0"u8) || head.AsSpan().StartsWith("MM\0*"u8) ? await TiffAsync(content, head[0] == 'I', cancellationToken)
                : null;
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>Those that say it at a fixed place.</summary>
    private static FileFacts? Simple(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 24 && head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) && head[12..].StartsWith("IHDR"u8))
        {
            return Facts("PNG", BinaryPrimitives.ReadUInt32BigEndian(head[16..]), BinaryPrimitives.ReadUInt32BigEndian(head[20..]));
        }

        if (head.Length >= 10 && (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)))
        {
            return Facts("GIF", BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..]));
        }

        if (head.Length >= 26 && head.StartsWith("BM"u8) && BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) >= 40)
        {
            // A height below zero says that the rows come from the top.
            long height = BinaryPrimitives.ReadInt32LittleEndian(head[22..]);
            return Facts("BMP", BinaryPrimitives.ReadUInt32LittleEndian(head[18..]), Math.Abs(height));
        }

        return head.Length >= 30 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8) ? WebP(head[12..]) : null;
    }

    private static FileFacts? WebP(ReadOnlySpan<byte> chunk)
    {
        if (chunk.StartsWith("VP8X"u8))
        {
            return Facts("WebP", 1 + Int24(chunk[12..]), 1 + Int24(chunk[15..]));
        }

        if (chunk.StartsWith("VP8L"u8) && chunk[8] == 0x2F)
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]);
            return Facts("WebP", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
        }

        return chunk.StartsWith("VP8 "u8) && chunk[11..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
            ? Facts("WebP", BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3FFF)
            : null;
    }

    private static int Int24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    /// <summary>From segment to segment, until the one that begins a frame.</summary>
    private static async ValueTask<FileFacts?> JpegAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] segment = new byte[9];
        content.Position = 2;
        for (int i = 0; i < MostSegments; i++)
        {
            await content.ReadExactlyAsync(segment.AsMemory(0, 4), cancellationToken);
            byte marker = segment[1];
            int length = BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2));
            if (segment[0] != 0xFF || length < 2 || marker is 0xD9 or 0xDA)
            {
                return null;
            }

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                await content.ReadExactlyAsync(segment.AsMemory(4, 5), cancellationToken);
                return Facts("JPEG", BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(7)), BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(5)));
            }

            content.Position = Math.Min(content.Position + length - 2, content.Length);
        }

        return null;
    }

    private static async ValueTask<FileFacts?> TiffAsync(Stream content, bool little, CancellationToken cancellationToken)
    {
        byte[] entry = new byte[12];
        content.Position = 4;
        await content.ReadExactlyAsync(entry.AsMemory(0, 4), cancellationToken);
        content.Position = Math.Min(Number(entry, 4), content.Length);
        await content.ReadExactlyAsync(entry.AsMemory(0, 2), cancellationToken);
        (long width, long height) = (0, 0);
        for (long tags = Math.Min(MostTags, Number(entry, 2)); tags > 0; tags--)
        {
            await content.ReadExactlyAsync(entry, cancellationToken);
            long tag = Number(entry, 2);
            long value = Number(entry.AsSpan(8), Number(entry.AsSpan(2), 2) == 3 ? 2 : 4);
            (width, height) = tag == 256 ? (value, height) : tag == 257 ? (width, value) : (width, height);
        }

        return Facts("TIFF", width, height);

        long Number(ReadOnlySpan<byte> bytes, int size) => size == 2
            ? little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes)
            : little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static FileFacts? Facts(string format, long width, long height) =>
        width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue ? new FileFacts(format) { Width = (int)width, Height = (int)height } : null;
}
