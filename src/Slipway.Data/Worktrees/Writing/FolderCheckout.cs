using Slipway.Content;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;

namespace Slipway.Data.Worktrees.Writing;

/// <summary>What a checkout did.</summary>
/// <param name="Kept">The files with changes of the folder's own, which the checkout had no business with.</param>
public sealed record CheckoutOutcome(long Written, long Removed, long Kept);

/// <summary>
/// Brings a folder to the tree of a commit, and what was changed there by hand along with it: only files that differ between the tree that it was made
/// from and the new one are touched, and none of them that has changes of its own.
/// </summary>
public sealed class FolderCheckout(RepoContent content, FolderReader reader, ScanTally tally)
{
    private const int Named = 10;

    /// <param name="from">The tree that the folder was made from; the empty one where it was made from none.</param>
    /// <param name="to">The tree that it is going to have.</param>
    /// <param name="force">What was changed by hand goes.</param>
    /// <returns>Null, and nothing done, where another object than meant stands at the path.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: files that would be touched were changed by hand; names them.</exception>
    public async ValueTask<CheckoutOutcome?> RunAsync(
        Digest from, Digest to, string directory, FileIdentity identity, bool force, CancellationToken cancellationToken)
    {
        // 1. What stands there. 2. What has to change of it. 3. Only then is anything touched.
        TreeEntry present = new("", EntryKind.Directory, false, 0, to);
        if (await reader.RehearseFolderAsync(content, directory, identity, present, new ScanTally(), cancellationToken) is not { } found)
        {
            return null;
        }

        TreeStore trees = found.Content.Trees;
        Digest now = found.Folder.Digest;
        List<TreeChange> changes = force
            ? await trees.DiffAsync(now, to, cancellationToken).ToListAsync(cancellationToken)
            : await PlanAsync(trees, from, to, now, cancellationToken);
        long own = await trees.DiffAsync(now, to, cancellationToken).LongCountAsync(cancellationToken) - changes.Count;
        long? removed = await new FolderWriter(content, overwrite: true, tally).UpdateAsync(changes, directory, identity, cancellationToken);
        return removed is null ? null : new CheckoutOutcome(changes.LongCount(change => change.After is not null), removed.Value, own);
    }

    private static async ValueTask<List<TreeChange>> PlanAsync(TreeStore trees, Digest from, Digest to, Digest now, CancellationToken cancellationToken)
    {
        List<TreeChange> plan = [];
        List<string> changed = [];
        await foreach (TreeChange change in trees.DiffAsync(from, to, cancellationToken))
        {
            TreeEntry? found = await trees.FindAsync(now, change.Path, cancellationToken);
            TreeEntry? here = found is { Kind: EntryKind.Directory } ? null : found;
            if (IsSame(here, change.After))
            {
                continue;
            }

            bool isBlocked = found is { Kind: EntryKind.Directory } && await HasOwnAsync(trees, from, change.Path, found, cancellationToken);
            if (IsSame(here, change.Before) && !isBlocked)
            {
                plan.Add(change);
            }
            else
            {
                changed.Add(change.Path.ToString());
            }
        }

        return changed.Count == 0 ? plan : throw new SlipwayException(
            ErrorKind.FailedPrecondition,
            $"{changed.Count} {(changed.Count == 1 ? "file was" : "files were")} changed in the folder and in the repo, so nothing was touched: {string.Join(", ", changed.Take(Named))}{(changed.Count > Named ? ", …" : "")}",
            "See them: slipway status; move them away, or let the repo's version take their place: --force");
    }

    /// <summary>Whether a folder that a file is to take the place of has more than the tree that it was made from.</summary>
    private static async ValueTask<bool> HasOwnAsync(TreeStore trees, Digest from, DataPath path, TreeEntry folder, CancellationToken cancellationToken)
    {
        Digest before = await trees.FindAsync(from, path, cancellationToken) is { Kind: EntryKind.Directory } known ? known.Digest : await trees.EmptyAsync(cancellationToken);
        return await trees.DiffAsync(before, folder.Digest, cancellationToken).AnyAsync(change => change.After is not null, cancellationToken);
    }

    private static bool IsSame(TreeEntry? one, TreeEntry? other) => (one?.Kind, one?.Digest, one?.Executable) == (other?.Kind, other?.Digest, other?.Executable);
}
