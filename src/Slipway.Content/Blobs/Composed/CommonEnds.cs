using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs.Composed;

/// <summary>What two versions of a file share at their ends, in bytes; the ends do not overlap in either.</summary>
/// <remarks>
/// Both reach to a multiple of <see cref="Block"/> in the new version (where it does not end there anyway), so that a file system with reflinks can share them.
/// </remarks>
internal readonly record struct CommonEnds(long Prefix, long Suffix)
{
    /// <summary>The largest block of a file system that shares ranges.</summary>
    public const int Block = 64 << 10;

    private const int Step = 1 << 20;

    /// <summary>Compares a new version, in a file, with the one before. Reads no further than the first difference from either end.</summary>
    /// <param name="knownPrefix">So many of the first bytes are known to be equal, and are not read.</param>
    public static async ValueTask<CommonEnds> FindAsync(SafeFileHandle file, long size, Stream before, long knownPrefix, CancellationToken cancellationToken)
    {
        byte[] mine = ArrayPool<byte>.Shared.Rent(Step);
        byte[] theirs = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            long shorter = Math.Min(size, before.Length);
            long prefix = knownPrefix;
            int equal = Step;
            while (prefix < shorter && equal == Step)
            {
                int count = (int)Math.Min(Step, shorter - prefix);
                await FillAsync(prefix, prefix, count);
                equal = mine.AsSpan(0, count).CommonPrefixLength(theirs.AsSpan(0, count));
                prefix += equal;
            }

            prefix = prefix == size ? prefix : prefix / Block * Block;
            long suffix = 0;
            equal = Step;
            while (suffix < shorter - prefix && equal == Step)
            {
                int count = (int)Math.Min(Step, shorter - prefix - suffix);
                await FillAsync(size - suffix - count, before.Length - suffix - count, count);
                equal = CommonSuffix(mine.AsSpan(0, count), theirs.AsSpan(0, count));
                suffix += equal;
            }

            long start = (size - suffix + Block - 1) / Block * Block;
            return new CommonEnds(prefix, start >= size ? 0 : size - start);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(mine);
            ArrayPool<byte>.Shared.Return(theirs);
        }

        async ValueTask FillAsync(long at, long atBefore, int count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int filled = 0; filled < count;)
            {
                int read = RandomAccess.Read(file, mine.AsSpan(filled, count - filled), at + filled);
                filled += read > 0 ? read : throw new EndOfStreamException("a file that was just written is shorter than it was");
            }

            before.Position = atBefore;
            await before.ReadExactlyAsync(theirs.AsMemory(0, count), cancellationToken);
        }
    }

    private static int CommonSuffix(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int equal = 0;
        while (equal < a.Length && a.Length - equal >= Block && a[^(equal + Block)..^equal].SequenceEqual(b[^(equal + Block)..^equal]))
        {
            equal += Block;
        }

        while (equal < a.Length && a[^(equal + 1)] == b[^(equal + 1)])
        {
            equal++;
        }

        return equal;
    }
}
