using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Data.Trees;

/// <summary>
/// Nodes in the blob store, with the most recently used ones decoded in memory: each node has one of <see cref="Slots"/> places by its
/// digest and drives out what stood there. Nodes never change, so a place can be read and set without a lock.
/// </summary>
internal sealed class NodeStore(IBlobStore blobs)
{
    public const int Slots = 256;

    private readonly CachedNode?[] _recent = new CachedNode?[Slots];

    public async ValueTask<TreeNode> ReadAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref PlaceOf(digest)) is { } cached && cached.Digest == digest)
        {
            return cached.Node;
        }

        TreeNode node = NodeFormat.Decode(digest, await blobs.ReadAllAsync(digest, cancellationToken));
        Volatile.Write(ref PlaceOf(digest), new CachedNode(digest, node));
        return node;
    }

    public async ValueTask<NodeReference> WriteAsync(TreeNode node, CancellationToken cancellationToken)
    {
        BlobInfo blob = await blobs.PutAsync(NodeFormat.Encode(node), cancellationToken);
        Volatile.Write(ref PlaceOf(blob.Digest), new CachedNode(blob.Digest, node));
        return new NodeReference(node.Items.Count == 0 ? "" : node.Items[^1].Name, node.Entries, node.Size, blob.Digest);
    }

    private ref CachedNode? PlaceOf(Digest digest) => ref _recent[(uint)digest.GetHashCode() % Slots];

    private sealed record CachedNode(Digest Digest, TreeNode Node);
}
