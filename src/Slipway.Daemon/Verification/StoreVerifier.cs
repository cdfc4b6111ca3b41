using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Verification;

/// <summary>Reads again what is stored, names what is damaged and what that hits, and mends what can be mended.</summary>
internal sealed class StoreVerifier(
    LocalBlobStore blobs, SqliteMetadataStore metadata, IMetadataStore rows, RepoStore repos, CommitStore commits, RepoContents contents, IReadOnlyList<IRootSource> sources)
{
    private readonly DamagedBlobs _uses = new(repos, commits, contents, rows, sources);

    /// <summary>
    /// Verifies everything: the store's own files, every blob, every record, and that all that is needed is there.
    /// </summary>
    /// <param name="copies">Where good bytes may be had; null: nothing is mended. An empty list mends what needs no copy.</param>
    public async Task<VerificationReport> VerifyAllAsync(
        IReadOnlyList<IGoodCopies>? copies, IProgress<VerificationStep>? progress, CancellationToken cancellationToken)
    {
        // 1. Files, indexes first: a wrong index hides blobs. 2. Records. 3. Every blob. 4. What is needed and not there. 5. Mend. 6. Name.
        progress?.Report(new("packs and indexes", 0));
        List<StoreFault> files = await blobs.CheckAsync(cancellationToken).ToListAsync(cancellationToken);
        if (copies is not null)
        {
            blobs.MendIndexes();
        }

        MetadataCheck records = await metadata.VerifyAsync(cancellationToken);
        List<Fault> recordFaults = [];
        foreach (MetadataFault fault in records.Faults)
        {
            recordFaults.Add(await MendAsync(fault, copies, cancellationToken));
        }

        BlobRound round = new(blobs, progress);
        await round.VerifyAsync(blobs.ListAsync(cancellationToken), cancellationToken);
        bool readable = recordFaults.TrueForAll(fault => fault.Repaired);
        Damage damage = await DamageAsync(round, readable ? () => MissingAsync(round, cancellationToken) : null, copies, cancellationToken);
        if (copies is not null)
        {
            await blobs.MendSegmentsAsync(cancellationToken);
        }

        List<StoreFault> left = copies is null ? files : await blobs.CheckAsync(cancellationToken).ToListAsync(cancellationToken);
        (List<Fault> commitFaults, long checkedCommits) = readable
            ? await CheckCommitsAsync(await AllCommitsAsync(cancellationToken), cancellationToken)
            : ([new Fault("commit", "all repos", "what they need was not looked at, since records are damaged: mend those first")], 0);
        return new VerificationReport(
            [
                .. files.Select(fault => FaultOf(fault, copies is not null, left)),
                .. recordFaults,
                .. commitFaults,
                .. damage.Faults(copies is not null),
            ],
            round.Blobs,
            round.Bytes,
            records.Records,
            checkedCommits,
            round.Purged);
    }

    /// <summary>Verifies all that some commits reach.</summary>
    public async Task<VerificationReport> VerifyAsync(
        IReadOnlyList<Commit> scope, IReadOnlyList<IGoodCopies>? copies, IProgress<VerificationStep>? progress, CancellationToken cancellationToken)
    {
        (List<Fault> commitFaults, long checkedCommits) = await CheckCommitsAsync(scope, cancellationToken);
        BlobRound round = new(blobs, progress);
        Damage damage = await DamageAsync(round, () => ReachAsync(scope, round, cancellationToken), copies, cancellationToken);
        return new VerificationReport([.. commitFaults, .. damage.Faults(copies is not null)], round.Blobs, round.Bytes, 0, checkedCommits, round.Purged);
    }

    /// <summary>Looks, names and mends; again where a node was mended, since that shows what is below it.</summary>
    /// <param name="look">Null where damaged records keep us from knowing what is needed: then nothing is named, and nothing deleted.</param>
    private async Task<Damage> DamageAsync(BlobRound round, Func<Task>? look, IReadOnlyList<IGoodCopies>? copies, CancellationToken cancellationToken)
    {
        Damage damage = new();
        bool more;
        do
        {
            await (look?.Invoke() ?? Task.CompletedTask);
            Dictionary<Digest, BlobHealth> found = round.Damaged.Where(blob => !damage.Contains(blob.Key)).ToDictionary();
            Dictionary<Digest, DamagedBlobs.Uses> uses = found.Count == 0 || look is null
                ? found.Keys.ToDictionary(digest => digest, _ => DamagedBlobs.Uses.Unknown())
                : await _uses.FindAsync(found.Keys.ToHashSet(), cancellationToken);
            Dictionary<Digest, string?> mended = copies is null ? [] : await MendAsync(found, uses, copies, cancellationToken);
            more = mended.Values.Any(source => source is not null);
            foreach ((Digest digest, BlobHealth health) in found)
            {
                damage.Add(digest, health, uses[digest], mended.GetValueOrDefault(digest));
            }
        }
        while (more);

        return damage;
    }

    private async Task<List<Commit>> AllCommitsAsync(CancellationToken cancellationToken)
    {
        List<Commit> all = [];
        foreach (Repo repo in await repos.ListAsync(cancellationToken))
        {
            await foreach (Commit commit in commits.LogAsync(repo.Name, null, cancellationToken))
            {
                all.Add(commit);
            }
        }

        return all;
    }

    private async Task ReachAsync(IReadOnlyList<Commit> scope, BlobRound round, CancellationToken cancellationToken)
    {
        foreach (IGrouping<RepoContent, Commit> kept in scope.Where(commit => commit.Tree is not null).GroupBy(commit => contents.Of(commit.Repo)))
        {
            List<BlobInfo> met = [];
            TreeReach reach = new() { Met = met.Add, Unreadable = (digest, failure) => round.Note(digest, failure) };
            foreach (Commit commit in kept)
            {
                await reach.AddTreeAsync(kept.Key.Blobs, commit.Tree!.Value, cancellationToken);
            }

            await round.VerifyAsync(met.ToAsyncEnumerable(), cancellationToken, kept.Key.Blobs);
        }
    }

    /// <summary>Notes what a row needs and the store has not.</summary>
    private async Task MissingAsync(BlobRound round, CancellationToken cancellationToken)
    {
        List<Root> roots = await rows.ReadAsync(
            async reader =>
            {
                List<Root> all = [];
                foreach (IRootSource source in sources)
                {
                    all.AddRange(await source.ReadAsync(reader, null, cancellationToken).ToListAsync(cancellationToken));
                }

                return all;
            },
            cancellationToken);
        foreach (IGrouping<IBlobStore, Root> kept in roots.GroupBy(root => root.Repo is { } repo ? contents.Of(RepoName.Parse(repo)).Blobs : blobs))
        {
            await MissingAsync(round, kept.Key, kept, cancellationToken);
        }
    }

    private static async Task MissingAsync(BlobRound round, IBlobStore store, IEnumerable<Root> roots, CancellationToken cancellationToken)
    {
        // What an encrypted project needs was read in its sealed form: that its index still leads there is left to see.
        bool isSealed = store is SealedBlobStore;
        List<Digest> needed = [];
        TreeReach reach = new()
        {
            Met = blob =>
            {
                if (isSealed || !round.Seen(blob.Digest))
                {
                    needed.Add(blob.Digest);
                }
            },
            Unreadable = (digest, failure) => round.Note(digest, failure),
        };
        foreach (Root root in roots)
        {
            if (root.Kind == RootKind.Blob)
            {
                reach.AddBlob(new BlobInfo(root.Digest, 0));
            }
            else
            {
                await reach.AddTreeAsync(store, root.Digest, cancellationToken);
            }
        }

        foreach (Digest digest in isSealed ? await store.FindMissingAsync(needed, cancellationToken) : needed)
        {
            round.Note(digest, await store.VerifyAsync(digest, cancellationToken));
        }
    }

    /// <summary>Mends from copies; what no row needs is deleted, since it is damaged garbage.</summary>
    private async Task<Dictionary<Digest, string?>> MendAsync(
        Dictionary<Digest, BlobHealth> damaged, Dictionary<Digest, DamagedBlobs.Uses> uses, IReadOnlyList<IGoodCopies> copies, CancellationToken cancellationToken)
    {
        BlobRepair repair = new(blobs, copies, await SealedNames.FindAsync(contents, damaged.Keys.ToHashSet(), cancellationToken));
        Dictionary<Digest, string?> mended = [];
        foreach ((Digest digest, BlobHealth health) in damaged)
        {
            mended[digest] = await repair.TryAsync(digest, cancellationToken) is { } source ? $"from {source}" : null;
            if (mended[digest] is null && health == BlobHealth.Corrupt && uses[digest].Named.IsEmpty)
            {
                await blobs.DeleteAsync([digest], cancellationToken);
                mended[digest] = "deleted: nothing uses it";
            }
        }

        return mended;
    }

    /// <summary>Whether finished commits say what their ids are the digests of. One that has lost a parent cannot be checked.</summary>
    private async Task<(List<Fault> Faults, long Checked)> CheckCommitsAsync(IReadOnlyList<Commit> scope, CancellationToken cancellationToken)
    {
        List<Fault> faults = [];
        long count = 0;
        foreach (Commit commit in scope.Where(commit => commit.Id is not null))
        {
            Commit? parent = commit.Parent is { } first ? await commits.FindAsync(commit.Repo, first, cancellationToken) : null;
            Commit? merged = commit.MergedFrom is { } second ? await commits.FindAsync(commit.Repo, second, cancellationToken) : null;
            if ((commit.Parent is not null && parent?.Id is null) || (commit.MergedFrom is not null && merged?.Id is null))
            {
                continue;
            }

            count++;
            if (CommitEncoding.IdOf(commit, parent?.Id, merged?.Id) != commit.Id)
            {
                faults.Add(new Fault("commit", commit.Reference.ToString(), $"what it says is not what its id {commit.Id!.Value.Short} is the digest of"));
            }
        }

        return (faults, count);
    }

    private static Fault FaultOf(StoreFault fault, bool repairing, List<StoreFault> left) =>
        new(fault.Kind switch { StorePart.Pack => "pack", StorePart.Index => "index", StorePart.Burials => "burials", StorePart.Recipe => "recipe", _ => "file" }, fault.File, fault.Fault)
        {
            Repaired = repairing && !left.Exists(still => still.File == fault.File && still.Kind == fault.Kind),
            Note = !repairing ? null : left.Exists(still => still.File == fault.File && still.Kind == fault.Kind) ? "still so" : "made again",
        };

    /// <summary>A damaged record is restored as it stands in a copy. Records that change (where a branch stands) may be older there, so the note says whence.</summary>
    private async Task<Fault> MendAsync(MetadataFault fault, IReadOnlyList<IGoodCopies>? copies, CancellationToken cancellationToken)
    {
        string what = fault.Table is null ? "the database" : $"{fault.Table} '{fault.Key!.Replace(TableKey.Separator, ' ')}'";
        Fault named = new("record", what, fault.Fault);
        foreach (IGoodCopies copy in copies ?? [])
        {
            if (copy.Records is { } records && await metadata.RepairAsync(fault, records, cancellationToken))
            {
                return named with { Repaired = true, Note = $"as it stands in {copy.Name}" };
            }
        }

        return copies is null ? named : named with
        {
            Note = fault.Table is null ? "stop the server and put a copy of metadata.db in its place" : "no good copy was found",
        };
    }
}
