using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Content.Hashing;

/// <summary>
/// The SHA-256 of a sequence of values, each written with its length (UTF-8 texts) or in a fixed width (numbers, digests), so that
/// no two sequences give the same bytes. The first value names what is digested, and the version of that form.
/// </summary>
public sealed class CanonicalDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <param name="form">What is digested, and in which version of its form.</param>
    public CanonicalDigest(string form) => Add(form);

    public CanonicalDigest Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalDigest Add(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalDigest Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalDigest Add(Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        digest.CopyTo(bytes);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalDigest Add(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (string text in texts)
        {
            Add(text);
        }

        return this;
    }

    /// <summary>The digest of what was added.</summary>
    public Digest Finish()
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        _hash.GetHashAndReset(bytes);
        return new Digest(bytes);
    }

    public void Dispose() => _hash.Dispose();
}
