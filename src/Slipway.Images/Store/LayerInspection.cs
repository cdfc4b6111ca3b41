using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Layers;

namespace Slipway.Images;

/// <summary>Finds out what a blob that claims to be a layer is, and refuses one that could not be unpacked.</summary>
internal static class LayerInspection
{
    /// <summary>Reads every header once, and of a plain tar nothing else; the diff id of a compressed blob is computed over what it expands to.</summary>
    /// <param name="stored">At its start; closed when it has been read.</param>
    /// <param name="allowsEmpty">Whether a tar without an entry is a layer too: builders write such.</param>
    public static Layer Inspect(Stream stored, BlobInfo blob, bool allowsEmpty, CancellationToken cancellationToken)
    {
        (Stream tar, string mediaType) = LayerDecompression.Open(stored);
        bool isPlain = mediaType == MediaTypes.OciLayer;
        HashingStream? hashed = isPlain ? null : new HashingStream(tar);
        using LayerReader reader = hashed is null && tar.CanSeek ? LayerReader.OfHeaders(tar) : LayerReader.OfTar(hashed ?? tar);
        long entries = 0;
        while (reader.Read() is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries++;
        }

        Digest diffId = hashed is null ? blob.Digest : EndOf(hashed, cancellationToken);
        return entries > 0 || allowsEmpty
            ? new(new(mediaType, blob.Digest, blob.Size), diffId)
            : throw new SlipwayException(ErrorKind.InvalidArgument, "the tar holds nothing");
    }

    private static Digest EndOf(HashingStream tar, CancellationToken cancellationToken)
    {
        try
        {
            return tar.Finish(cancellationToken);
        }
        catch (InvalidDataException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the compressed layer is damaged after its last entry: {fault.Message}", innerException: fault);
        }
    }
}
