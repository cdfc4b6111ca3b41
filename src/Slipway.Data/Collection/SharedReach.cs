using System.Buffers.Binary;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees;

namespace Slipway.Data.Collection;

/// <summary>
/// Tells of several owners (repos, commits) how many bytes each alone holds. A node is read at most twice: when its first owner meets it, and when the
/// second makes it and all below it shared; so many commits that share most of their trees cost little more than one.
/// </summary>
/// <param name="owners">How many owners there are; they are numbered from 0.</param>
public sealed class SharedReach(int owners)
{
    private const int Shared = -1;

    // Keyed by 64 bits of the digest: a sum of bytes may be wrong by one blob in 2^64, and nothing depends on it.
    private readonly Dictionary<ulong, int> _owner = [];
    private readonly long[] _alone = new long[owners];

    /// <summary>The bytes that one owner alone holds.</summary>
    public long BytesOf(int owner) => _alone[owner];

    /// <summary>Adds a blob that names no others.</summary>
    public void AddBlob(int owner, BlobInfo blob) => Claim(owner, blob.Digest, blob.Size);

    /// <summary>Adds a tree with all that it reaches.</summary>
    public async ValueTask AddTreeAsync(int owner, IBlobStore blobs, Digest root, CancellationToken cancellationToken)
    {
        Stack<Digest> ahead = new([root]);
        while (ahead.TryPop(out Digest digest))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_owner.TryGetValue(KeyOf(digest), out int known) && (known == owner || known == Shared))
            {
                continue;
            }

            byte[] bytes = await blobs.ReadAllAsync(digest, cancellationToken);
            Claim(owner, digest, bytes.Length);
            foreach (INodeItem item in NodeFormat.Decode(digest, bytes).Items)
            {
                if (item is TreeEntry { Kind: not EntryKind.Directory })
                {
                    Claim(owner, item.Digest, item.Size);
                }
                else
                {
                    ahead.Push(item.Digest);
                }
            }
        }
    }

    private void Claim(int owner, Digest digest, long size)
    {
        ulong key = KeyOf(digest);
        if (!_owner.TryGetValue(key, out int known))
        {
            _owner[key] = owner;
            _alone[owner] += size;
        }
        else if (known != owner && known != Shared)
        {
            _owner[key] = Shared;
            _alone[known] -= size;
        }
    }

    private static ulong KeyOf(Digest digest)
    {
        Span<byte> raw = stackalloc byte[Digest.Size];
        digest.CopyTo(raw);
        return BinaryPrimitives.ReadUInt64LittleEndian(raw);
    }
}
