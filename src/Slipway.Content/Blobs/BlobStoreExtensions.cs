namespace Slipway.Content.Blobs;

/// <summary>Conveniences over <see cref="IBlobStore"/> that need no more than its verbs.</summary>
public static class BlobStoreExtensions
{
    /// <summary>Reads a whole blob into memory. For objects known to be small (trees, manifests, configs); verified.</summary>
    public static async ValueTask<byte[]> ReadAllAsync(this IBlobStore blobs, Digest digest, CancellationToken cancellationToken)
    {
        await using Stream stream = await blobs.OpenAsync(digest, cancellationToken);
        byte[] content = new byte[stream.Length];
        await stream.ReadExactlyAsync(content, cancellationToken);
        if (Digest.Of(content) != digest)
        {
            throw new SlipwayException(ErrorKind.Corrupt, $"blob {digest} is corrupt: its bytes have another digest");
        }

        return content;
    }
}
