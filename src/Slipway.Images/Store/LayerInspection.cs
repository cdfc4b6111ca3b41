using System.IO.Compression;
using System.Security.Cryptography;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Layers;

namespace Slipway.Images;

/// <summary>Finds out what a blob that claims to be a layer is, and refuses one that could not be unpacked.</summary>
internal static class LayerInspection
{
    /// <summary>Reads every header once; the diff id of a gzip blob is computed over what it expands to.</summary>
    public static Layer Inspect(Stream stored, BlobInfo blob, CancellationToken cancellationToken)
    {
        Span<byte> magic = stackalloc byte[2];
        bool gzip = stored.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        stored.Position = 0;
        Digest diffId = gzip ? DigestOfExpanded(stored, cancellationToken) : blob.Digest;
        stored.Position = 0;
        using LayerReader reader = LayerReader.Open(stored);
        long entries = 0;
        while (reader.Read() is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries++;
        }

        return entries > 0
            ? new(new(gzip ? MediaTypes.OciLayerGzip : MediaTypes.OciLayer, blob.Digest, blob.Size), diffId)
            : throw new SlipwayException(ErrorKind.InvalidArgument, "the tar holds nothing");
    }

    private static Digest DigestOfExpanded(Stream stored, CancellationToken cancellationToken)
    {
        using GZipStream expanded = new(stored, CompressionMode.Decompress, leaveOpen: true);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[256 << 10];
        try
        {
            for (int read; (read = expanded.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        catch (InvalidDataException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the gzip stream is damaged: {fault.Message}", innerException: fault);
        }

        return new(hash.GetHashAndReset());
    }
}
