using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees;

namespace Slipway.Data.Collection;

/// <summary>Finds the paths at which trees use some blobs. What was found of a node is remembered, so that trees that share most nodes cost little more than one.</summary>
public sealed class DamageSearch(IReadOnlySet<Digest> wanted)
{
    private readonly HashSet<Digest> _above = [];
    private readonly PrefixSet _clear = new();

    /// <summary>The paths below a root that are one of the blobs, or that cannot be read because a node on the way is one; with which blob it is.</summary>
    public async ValueTask<IReadOnlyList<(DataPath Path, Digest Blob)>> FindAsync(IBlobStore blobs, Digest root, int limit, CancellationToken cancellationToken)
    {
        List<(DataPath, Digest)> found = [];
        if (await IsAboveAsync(blobs, root, cancellationToken))
        {
            await CollectAsync(blobs, root, DataPath.Root, found, limit, cancellationToken);
        }

        return found;
    }

    private async ValueTask<bool> IsAboveAsync(IBlobStore blobs, Digest digest, CancellationToken cancellationToken)
    {
        if (wanted.Contains(digest) || _above.Contains(digest))
        {
            return true;
        }

        if (_clear.Contains(digest))
        {
            return false;
        }

        bool above = false;
        foreach (INodeItem item in await ReadAsync(blobs, digest, cancellationToken))
        {
            above |= wanted.Contains(item.Digest) || (IsNode(item) && await IsAboveAsync(blobs, item.Digest, cancellationToken));
        }

        if (above)
        {
            _above.Add(digest);
        }
        else
        {
            _clear.Add(digest);
        }

        return above;
    }

    private async ValueTask CollectAsync(
        IBlobStore blobs, Digest node, DataPath path, List<(DataPath, Digest)> found, int limit, CancellationToken cancellationToken)
    {
        if (wanted.Contains(node))
        {
            found.Add((path, node));
        }

        foreach (INodeItem item in await ReadAsync(blobs, node, cancellationToken))
        {
            if (found.Count >= limit)
            {
                return;
            }

            DataPath at = item is TreeEntry entry ? path.AppendKnown(entry.Name) : path;
            if (IsNode(item))
            {
                if (await IsAboveAsync(blobs, item.Digest, cancellationToken))
                {
                    await CollectAsync(blobs, item.Digest, at, found, limit, cancellationToken);
                }
            }
            else if (wanted.Contains(item.Digest))
            {
                found.Add((at, item.Digest));
            }
        }
    }

    private static bool IsNode(INodeItem item) => item is not TreeEntry { Kind: not EntryKind.Directory };

    /// <summary>A node's items; none where it cannot be read.</summary>
    private static async ValueTask<IReadOnlyList<INodeItem>> ReadAsync(IBlobStore blobs, Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            return NodeFormat.Decode(digest, await blobs.ReadAllAsync(digest, cancellationToken)).Items;
        }
        catch (SlipwayException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Corrupt)
        {
            return [];
        }
    }
}
