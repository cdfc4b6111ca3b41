using System.Buffers.Binary;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees;

namespace Slipway.Data.Collection;

/// <summary>
/// Walks what trees reach, each node once however many trees share it. A million files take about 20 MB: files are remembered by 64 bits, since
/// taking one for another keeps a blob, and nodes by 128, since a node taken for another would hide what is below it.
/// </summary>
public sealed class TreeReach
{
    private readonly HashSet<UInt128> _nodes = [];
    private readonly PrefixSet _files = new();

    /// <summary>Hears of each node and each file or link when it is met first, with its size in bytes.</summary>
    public Action<BlobInfo>? Met { get; init; }

    /// <summary>Hears of each node that is missing or damaged; what is below it is not known.</summary>
    public Action<Digest, SlipwayException>? Unreadable { get; init; }

    /// <summary>How many blobs were met.</summary>
    public long Count => (long)_nodes.Count + _files.Count;

    /// <summary>True for every blob that was met, node or file.</summary>
    public bool Contains(Digest digest) => _files.Contains(digest) || _nodes.Contains(KeyOf(digest));

    /// <summary>Adds a blob that is no node; false where it was met before.</summary>
    public bool AddBlob(BlobInfo blob)
    {
        if (!_files.Add(blob.Digest))
        {
            return false;
        }

        Met?.Invoke(blob);
        return true;
    }

    /// <summary>Adds the empty tree, which work of any kind may put and take for granted.</summary>
    public void AddEmptyTree() => _nodes.Add(KeyOf(TreeNode.EmptyDigest));

    /// <summary>Adds a tree with all that it reaches and that was not met before.</summary>
    /// <param name="blobs">Where its nodes are read.</param>
    public async ValueTask AddTreeAsync(IBlobStore blobs, Digest root, CancellationToken cancellationToken)
    {
        Stack<Digest> ahead = new([root]);
        while (ahead.TryPop(out Digest digest))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_nodes.Add(KeyOf(digest)))
            {
                continue;
            }

            TreeNode node;
            try
            {
                byte[] bytes = await blobs.ReadAllAsync(digest, cancellationToken);
                node = NodeFormat.Decode(digest, bytes);
                Met?.Invoke(new BlobInfo(digest, bytes.Length));
            }
            catch (SlipwayException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Corrupt && Unreadable is not null)
            {
                Unreadable(digest, failure);
                continue;
            }

            foreach (INodeItem item in node.Items)
            {
                if (item is TreeEntry { Kind: not EntryKind.Directory })
                {
                    AddBlob(new BlobInfo(item.Digest, item.Size));
                }
                else
                {
                    ahead.Push(item.Digest);
                }
            }
        }
    }

    private static UInt128 KeyOf(Digest digest)
    {
        Span<byte> raw = stackalloc byte[Digest.Size];
        digest.CopyTo(raw);
        return BinaryPrimitives.ReadUInt128LittleEndian(raw);
    }
}
