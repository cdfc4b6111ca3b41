using System.Collections.Immutable;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <summary>A recipe may have many parts where they are as long as this on average: reading it then costs little more than a whole file.</summary>
    private const long UsualPart = 1 << 20;

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> ComposeAsync(IReadOnlyList<BlobRange> ranges, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        foreach (BlobRange range in ranges)
        {
            await Leases.TouchAsync(range.Digest, cancellationToken);
            long size = FindSize(range.Digest) ?? throw Missing(range.Digest);
            if (range.Offset < 0 || range.Length < 0 || range.Offset > size - range.Length)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"blob {range.Digest} has {size} bytes, so no {range.Length} from {range.Offset} on");
            }
        }

        ImmutableArray<BlobRange> wanted = [.. ranges.Where(range => range.Length > 0)];
        Recipe recipe = new([.. wanted.SelectMany(range => new Recipe(PartsOf(range.Digest)).Slice(range.Offset, range.Length))]);
        if (recipe.Size < LargeSize || recipe.Parts.Length > Math.Max(MostParts, recipe.Size / UsualPart) || !KeepsLittle(recipe))
        {
            await using RangesStream whole = new(OpenAsync, wanted);
            return await PutAsync(whole, expected: null, cancellationToken);
        }

        try
        {
            return await ComposeAsync(wanted, recipe, cancellationToken);
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
    }

    /// <summary>Reads the ranges for the digest alone; a blob at their head is not read where its hash state is kept.</summary>
    private async ValueTask<BlobInfo> ComposeAsync(ImmutableArray<BlobRange> ranges, Recipe recipe, CancellationToken cancellationToken)
    {
        BlobRange head = ranges[0];
        bool isWhole = head.Offset == 0 && head.Length == FindSize(head.Digest);
        using ResumableHash hash = isWhole ? await HashAsync(head.Digest, cancellationToken) : new ResumableHash();
        await using (RangesStream rest = new(OpenTrustingAsync, isWhole ? ranges[1..] : ranges))
        {
            await AppendAsync(hash, rest, cancellationToken);
        }

        BlobInfo blob = new(hash.Current(), recipe.Size);
        await AnnounceAsync(blob.Digest, cancellationToken);
        if (!TryCompose(blob.Digest, recipe))
        {
            throw Missing(head.Digest);
        }

        _states.Keep(blob.Digest, hash.State);
        return blob;
    }
}
