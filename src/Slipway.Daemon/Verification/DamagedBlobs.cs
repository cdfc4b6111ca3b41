using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data;
using Slipway.Data.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Verification;

/// <summary>Says which files of which commits, or what else, use some blobs.</summary>
internal sealed class DamagedBlobs(RepoStore repos, CommitStore commits, RepoContents contents, IMetadataStore metadata, IReadOnlyList<IRootSource> sources)
{
    private const int Shown = 20;
    private const int MostInCommit = 1000;

    /// <summary>The uses of each of the blobs: <c>repo@commit:/path</c>, or what else names it, in words.</summary>
    public async Task<Dictionary<Digest, Uses>> FindAsync(IReadOnlySet<Digest> damaged, CancellationToken cancellationToken)
    {
        Dictionary<Digest, Uses> uses = damaged.ToDictionary(digest => digest, _ => new Uses());
        SealedNames names = await SealedNames.FindAsync(contents, damaged, cancellationToken);
        ILookup<Digest, Digest> wanted = damaged.SelectMany(digest => names.InTrees(digest).Select(met => (met, digest))).ToLookup(pair => pair.met, pair => pair.digest);
        DamageSearch search = new(wanted.Select(met => met.Key).ToHashSet());
        foreach (Repo repo in await repos.ListAsync(cancellationToken))
        {
            IBlobStore blobs = contents.Of(repo.Name).Blobs;
            if (blobs is LockedBlobStore)
            {
                continue;
            }

            await foreach (Commit commit in commits.LogAsync(repo.Name, null, cancellationToken))
            {
                foreach ((DataPath path, Digest blob) in commit.Tree is { } tree ? await search.FindAsync(blobs, tree, MostInCommit, cancellationToken) : [])
                {
                    foreach (Digest digest in wanted[blob])
                    {
                        uses[digest].Add($"{commit.Reference}:{path}");
                    }
                }
            }
        }

        foreach ((string name, Root root) in await OtherRootsAsync(wanted, cancellationToken))
        {
            // That an index leads to it says less than which files have it.
            foreach (Digest digest in wanted[root.Digest].Where(digest => name != SealedRoots.SourceName || uses[digest].Named.IsEmpty))
            {
                uses[digest].Add($"({name})");
            }
        }

        return uses;
    }

    private ValueTask<List<(string Name, Root Root)>> OtherRootsAsync(ILookup<Digest, Digest> wanted, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            List<(string, Root)> found = [];
            foreach (IRootSource source in sources.Where(source => source.Name != CommitRoots.SourceName))
            {
                await foreach (Root root in source.ReadAsync(reader, null, cancellationToken))
                {
                    if (wanted.Contains(root.Digest))
                    {
                        found.Add((source.Name, root));
                    }
                }
            }

            return found;
        },
        cancellationToken);

    /// <summary>What uses one blob: the first few by name, the others counted.</summary>
    internal sealed class Uses
    {
        private readonly HashSet<string> _named = [];

        /// <summary>Of a blob of which nobody can say what uses it.</summary>
        public static Uses Unknown()
        {
            Uses uses = new();
            uses.Add("(not known, since records are damaged)");
            return uses;
        }

        public ImmutableArray<string> Named => [.. _named];

        public long More { get; private set; }

        public void Add(string use)
        {
            if (_named.Count < Shown)
            {
                _named.Add(use);
            }
            else if (!_named.Contains(use))
            {
                More++;
            }
        }
    }
}
