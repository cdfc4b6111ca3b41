using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Slipway.Content;

namespace Slipway.Build.Cache;

/// <summary>Digests a sequence of values so that no two sequences give the same bytes: each is preceded by its length.</summary>
internal sealed class KeyHasher : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public KeyHasher Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    public KeyHasher Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    public KeyHasher Add(Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        digest.CopyTo(bytes);
        _hash.AppendData(bytes);
        return this;
    }

    public KeyHasher Add(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (string text in texts)
        {
            Add(text);
        }

        return this;
    }

    public Digest Finish() => new(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
