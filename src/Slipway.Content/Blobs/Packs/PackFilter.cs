using System.Buffers.Binary;

namespace Slipway.Content.Blobs.Packs;

/// <summary>
/// Tells in one look at one cache line that a segment does not hold a blob, so that a store of many segments looks into few of them: a Bloom filter in blocks
/// of 512 bits, about 10 bits a blob. About one in a hundred of the others passes.
/// </summary>
internal sealed class PackFilter
{
    private const int WordsInBlock = 8;
    private const int BlobsInBlock = 50;
    private const int BitsOfBlob = 6;

    private readonly ulong[] _words;

    /// <param name="count">How many blobs it is for.</param>
    public PackFilter(int count) => _words = new ulong[((count / BlobsInBlock) + 1) * WordsInBlock];

    public void Add(Digest digest)
    {
        (int block, ulong bits) = PlaceOf(digest);
        for (int i = 0; i < BitsOfBlob; i++, bits >>= 9)
        {
            _words[block + (int)((bits >> 6) & 7)] |= 1UL << (int)(bits & 63);
        }
    }

    /// <summary>False where the blob was never added.</summary>
    public bool MayHold(Digest digest)
    {
        (int block, ulong bits) = PlaceOf(digest);
        for (int i = 0; i < BitsOfBlob; i++, bits >>= 9)
        {
            if ((_words[block + (int)((bits >> 6) & 7)] & (1UL << (int)(bits & 63))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A digest's bytes are as good as random: some choose the block, others the bits in it.</summary>
    private (int Block, ulong Bits) PlaceOf(Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        digest.CopyTo(bytes);
        uint blocks = (uint)(_words.Length / WordsInBlock);
        return ((int)(BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) % blocks) * WordsInBlock, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
    }
}
