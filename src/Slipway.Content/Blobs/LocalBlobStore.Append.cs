using System.Buffers;
using System.Collections.Immutable;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Packs;
using Slipway.Content.Hashing;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <summary>From so many bytes on a blob that grows is not written again but composed; and its hash state is kept.</summary>
    internal const long LargeSize = 8 << 20;

    /// <summary>Appended parts are joined up to this size, so that many small appends leave few parts; an append never writes more than it brings and this.</summary>
    private const long LargestJoined = 4 << 20;

    private const int CopyBuffer = 1 << 20;

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> AppendAsync(Digest head, Stream tail, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        await Leases.TouchAsync(head, cancellationToken);
        long size = FindSize(head) ?? throw Missing(head);
        if (size < LargeSize)
        {
            await using Stream begin = await OpenAsync(head, cancellationToken);
            await using JoinedStream whole = new(begin, tail);
            return await PutAsync(whole, expected: null, cancellationToken);
        }

        BlobInfo added = await PutAsync(tail, expected: null, cancellationToken);
        if (added.Size == 0)
        {
            return new BlobInfo(head, size);
        }

        try
        {
            return await ComposeAsync(head, added, cancellationToken);
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
    }

    private async ValueTask<BlobInfo> ComposeAsync(Digest head, BlobInfo added, CancellationToken cancellationToken)
    {
        Recipe recipe = new(await JoinAsync([.. PartsOf(head), new RecipePart(added.Digest, 0, added.Size)], cancellationToken));
        using ResumableHash hash = await HashAsync(head, cancellationToken);
        await using (Stream content = OpenStored(added.Digest))
        {
            await AppendAsync(hash, content, cancellationToken);
        }

        Digest digest = hash.Current();
        BlobInfo blob = new(digest, recipe.Size);
        await AnnounceAsync(digest, cancellationToken);
        if (!TryCompose(digest, recipe))
        {
            throw Missing(head);
        }

        _states.Keep(digest, hash.State);
        return blob;
    }

    private ImmutableArray<RecipePart> PartsOf(Digest digest) =>
        _composed.Find(digest)?.Parts ?? [new RecipePart(digest, 0, FindSize(digest) ?? throw Missing(digest))];

    /// <summary>Joins the last parts into one blob while they are small and of about the same size, as the runs of a merge sort.</summary>
    private async ValueTask<ImmutableArray<RecipePart>> JoinAsync(ImmutableArray<RecipePart> parts, CancellationToken cancellationToken)
    {
        int count = 1;
        long size = parts[^1].Length;
        while (count < parts.Length && parts[^(count + 1)].Length <= size && size + parts[^(count + 1)].Length <= LargestJoined)
        {
            count++;
            size += parts[^count].Length;
        }

        if (count == 1)
        {
            return parts;
        }

        Recipe joined = new(parts[^count..]);
        await using ComposedStream content = new(default, joined, OpenStored, isChecked: false);
        BlobInfo blob = await PutAsync(content, expected: null, cancellationToken);
        return [.. parts[..^count], new RecipePart(blob.Digest, 0, blob.Size)];
    }

    /// <summary>A hash that stands at the end of a blob: from its kept state, else by reading it.</summary>
    private async ValueTask<ResumableHash> HashAsync(Digest head, CancellationToken cancellationToken)
    {
        await using Stream content = await OpenAsync(head, cancellationToken);
        if (_states.TryResume(head, content) is { } known)
        {
            return known;
        }

        content.Position = 0;
        ResumableHash hash = new();
        try
        {
            await AppendAsync(hash, content, cancellationToken);
            return hash.Current() == head
                ? hash
                : throw new SlipwayException(ErrorKind.Corrupt, $"blob {head} is corrupt: its bytes have another digest", "slipway verify --all names what else is damaged.");
        }
        catch
        {
            hash.Dispose();
            throw;
        }
    }

    private static async ValueTask AppendAsync(ResumableHash hash, Stream content, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyBuffer);
        try
        {
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.Append(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
