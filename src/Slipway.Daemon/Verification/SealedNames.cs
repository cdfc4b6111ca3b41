using Slipway.Content;
using Slipway.Content.Blobs.Sealed;
using Slipway.Data.Contents;

namespace Slipway.Daemon.Verification;

/// <summary>
/// The two names of some blobs of encrypted projects: what trees call them, the digest of the plain bytes, and what the store that holds them sealed
/// does. Damage is met by either.
/// </summary>
internal sealed class SealedNames
{
    private readonly Dictionary<Digest, HashSet<Digest>> _plain = [];
    private readonly Dictionary<Digest, HashSet<Digest>> _sealed = [];

    private SealedNames()
    {
    }

    /// <summary>The plain digests that are kept under sealed ones among those that were asked for.</summary>
    public IEnumerable<Digest> Plain => _plain.Values.SelectMany(names => names);

    /// <summary>Reads the indexes of all projects whose keys are here, where there is anything to ask.</summary>
    /// <param name="asked">Digests of plain or of sealed bytes.</param>
    public static async Task<SealedNames> FindAsync(RepoContents contents, IReadOnlySet<Digest> asked, CancellationToken cancellationToken)
    {
        SealedNames names = new();
        foreach ((_, SealedBlobStore store) in asked.Count == 0 ? [] : await contents.ListSealedAsync(cancellationToken))
        {
            await foreach ((Digest plain, Digest @sealed) in store.ListNamesAsync(cancellationToken))
            {
                if (asked.Contains(@sealed))
                {
                    Add(names._plain, @sealed, plain);
                }

                if (asked.Contains(plain))
                {
                    Add(names._sealed, plain, @sealed);
                }
            }
        }

        return names;
    }

    /// <summary>What trees call a blob of the store: its own digest, and those of what it seals.</summary>
    public IEnumerable<Digest> InTrees(Digest digest) => [digest, .. _plain.GetValueOrDefault(digest) ?? []];

    /// <summary>What the store calls a blob that was met by its digest in a tree: that, and its sealed forms.</summary>
    public IEnumerable<Digest> InStore(Digest digest) => [digest, .. _sealed.GetValueOrDefault(digest) ?? []];

    private static void Add(Dictionary<Digest, HashSet<Digest>> names, Digest from, Digest to)
    {
        if (!names.TryGetValue(from, out HashSet<Digest>? all))
        {
            names[from] = all = [];
        }

        all.Add(to);
    }
}
