using System.IO.Compression;
using Slipway.Linux.Zstd;

namespace Slipway.Images.Layers;

/// <summary>How a layer is compressed, told by its first bytes, because builders do not always say it right.</summary>
public static class LayerDecompression
{
    private const int ReadBytes = 128 << 10;

    /// <summary>The plain tar that a blob holds: as it is, or expanded from gzip (also of several members) or zstd.</summary>
    /// <param name="blob">At its start; closed with what is returned.</param>
    /// <returns>Reads throw <see cref="InvalidDataException"/> where the compressed bytes are damaged.</returns>
    public static (Stream Tar, string MediaType) Open(Stream blob)
    {
        Span<byte> head = stackalloc byte[4];
        int length = blob.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        Stream whole = blob;
        if (blob.CanSeek)
        {
            blob.Seek(-length, SeekOrigin.Current);
        }
        else
        {
            whole = new ReplayStream(head[..length].ToArray(), blob);
        }

        return head[..length] switch
        {
            [0x1F, 0x8B, ..] => (new GZipStream(new BufferedStream(whole, ReadBytes), CompressionMode.Decompress), MediaTypes.OciLayerGzip),
            [0x28, 0xB5, 0x2F, 0xFD] => (new ZstdReadStream(whole), MediaTypes.OciLayerZstd),
            _ => (whole, MediaTypes.OciLayer),
        };
    }
}
