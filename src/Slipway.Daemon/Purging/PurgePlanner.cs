using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Daemon.Verification;
using Slipway.Data;
using Slipway.Data.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;

namespace Slipway.Daemon.Purging;

/// <summary>Finds the blobs that somebody means, who has them, and what was made from them.</summary>
internal sealed class PurgePlanner(IBlobStore blobStore, CommitStore commits, RepoContents contents, JobStore jobs, DamagedBlobs uses)
{
    /// <summary>The content that a path ever had, in all commits of a repo; or in one commit where the reference names one.</summary>
    public async Task<PurgePlan> PlanAsync(string target, bool withOutputs, CancellationToken cancellationToken)
    {
        Dictionary<Digest, long> blobs = [];
        if (Digest.TryParse(target, out Digest single))
        {
            blobs[single] = 0;
        }
        else
        {
            CommitReference reference = CommitReference.Parse(target);
            await AddFilesAsync(reference, named: target.Contains('@', StringComparison.Ordinal), blobs, cancellationToken);
        }

        if (blobs.Count == 0)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"{target} names no content in any commit", "Name a path as repo:/path, a commit's file as repo@commit:/path, or sha256:<digest>.");
        }

        HashSet<DatumKey> answers = [];
        SortedSet<string> outputs = new(StringComparer.Ordinal);
        int before;
        do
        {
            // What was made from outputs is an output too.
            before = blobs.Count;
            await AddOutputsAsync(blobs, answers, outputs, withOutputs, cancellationToken);
        }
        while (withOutputs && blobs.Count > before);
        ImmutableArray<SealedCopy> copies = await FindSealedAsync(blobs.Keys, cancellationToken);
        await MeasureAsync(blobs, copies, cancellationToken);
        return new PurgePlan(
            blobs.ToImmutableSortedDictionary(),
            await uses.FindAsync(blobs.Keys.ToHashSet(), cancellationToken),
            [.. outputs],
            [.. answers],
            withOutputs,
            copies,
            [.. await contents.ListLockedAsync(cancellationToken)]);
    }

    private async Task AddFilesAsync(CommitReference reference, bool named, Dictionary<Digest, long> blobs, CancellationToken cancellationToken)
    {
        RepoContent content = contents.Of(reference.Repo);
        DataPath path = reference.Path ?? DataPath.Root;
        IAsyncEnumerable<Commit> history = named
            ? new[] { await commits.ResolveAsync(reference, cancellationToken) }.ToAsyncEnumerable()
            : commits.LogAsync(reference.Repo, null, cancellationToken);
        if (!named && reference.Path is null)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"{reference.Repo} is a whole repo", $"Delete it: slipway repo rm {reference.Repo}; or name a path: {reference.Repo}:/path");
        }

        HashSet<Digest> walked = [];
        await foreach (Commit commit in history)
        {
            TreeEntry? entry = commit.Tree is { } tree ? await content.Trees.FindAsync(tree, path, cancellationToken) : null;
            if (entry is null || !walked.Add(entry.Digest))
            {
                continue;
            }

            if (entry.Kind != EntryKind.Directory)
            {
                Add(blobs, entry);
                continue;
            }

            await foreach ((_, TreeEntry file) in content.Trees.WalkAsync(entry.Digest, cancellationToken))
            {
                Add(blobs, file);
            }
        }
    }

    private async Task AddOutputsAsync(
        Dictionary<Digest, long> blobs, HashSet<DatumKey> answers, SortedSet<string> outputs, bool withOutputs, CancellationToken cancellationToken)
    {
        DamageSearch search = new(blobs.Keys.ToHashSet());
        Dictionary<Digest, long> made = [];
        await foreach ((JobId job, DatumResult datum) in jobs.ScanDatumsAsync(cancellationToken))
        {
            if (!await ReadsAsync(search, blobs, datum, cancellationToken))
            {
                continue;
            }

            answers.Add(datum.Key);
            outputs.Add($"{job} {datum.Label}");
            if (withOutputs && datum.OutputTree is { } tree)
            {
                await foreach ((_, TreeEntry file) in contents.Of(job.Pipeline.Repo).Trees.WalkAsync(tree, cancellationToken))
                {
                    Add(made, file);
                }
            }

            if (withOutputs && datum.Log is { } log)
            {
                made[log] = 0;
            }
        }

        foreach ((Digest digest, long size) in made)
        {
            blobs.TryAdd(digest, size);
        }
    }

    private async ValueTask<bool> ReadsAsync(DamageSearch search, Dictionary<Digest, long> blobs, DatumResult datum, CancellationToken cancellationToken)
    {
        foreach (DatumResultInput input in datum.Inputs)
        {
            bool reads = input.Kind == EntryKind.Directory
                ? contents.Of(input.Repo).Blobs is not LockedBlobStore && (await search.FindAsync(contents.Of(input.Repo).Blobs, input.Digest, 1, cancellationToken)).Count > 0
                : blobs.ContainsKey(input.Digest);
            if (reads)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<ImmutableArray<SealedCopy>> FindSealedAsync(IReadOnlyCollection<Digest> blobs, CancellationToken cancellationToken)
    {
        List<SealedCopy> found = [];
        foreach ((string project, SealedBlobStore store) in await contents.ListSealedAsync(cancellationToken))
        {
            foreach (Digest plain in blobs)
            {
                if (await store.FindSealedAsync(plain, cancellationToken) is { } @sealed)
                {
                    found.Add(new SealedCopy(project, plain, @sealed, store));
                }
            }
        }

        return [.. found];
    }

    private async Task MeasureAsync(Dictionary<Digest, long> blobs, ImmutableArray<SealedCopy> copies, CancellationToken cancellationToken)
    {
        ILookup<Digest, SealedCopy> kept = copies.ToLookup(copy => copy.Plain);
        foreach (Digest digest in blobs.Where(blob => blob.Value == 0).Select(blob => blob.Key).ToArray())
        {
            IBlobStore store = kept[digest].FirstOrDefault() is { } copy ? copy.Store : blobStore;
            blobs[digest] = (await store.FindAsync(digest, cancellationToken))?.Size ?? 0;
        }
    }

    /// <summary>The empty file says nothing about anybody, and everybody has it.</summary>
    private static void Add(Dictionary<Digest, long> blobs, TreeEntry file)
    {
        if (file.Size > 0)
        {
            blobs[file.Digest] = file.Size;
        }
    }
}
