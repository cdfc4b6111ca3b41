using System.Security.Cryptography;
using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>Passes a stream's bytes on and digests them.</summary>
public sealed class HashingStream(Stream inner) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Reads what is left and gives the digest of all of it.</summary>
    public Digest Finish(CancellationToken cancellationToken)
    {
        byte[] rest = new byte[64 * 1024];
        while (Read(rest) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new Digest(_hash.GetCurrentHash());
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
