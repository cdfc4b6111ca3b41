using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Data.Diffs;

/// <summary>One path that one commit added, changed or removed, beside its parents.</summary>
public sealed record PathTouch(Commit Commit, TreeChange Change);

/// <summary>
/// Which commits touched a path. The cost of a commit is that of looking a path up twice; of a pattern, that of what the commit changed. Not told
/// are commits whose files, or whose parent's files, retention took: what they changed is not known any more.
/// </summary>
public sealed class PathHistory(CommitStore commits, RepoContents contents)
{
    /// <summary>The finished commits that lead to a revision and touched its path, newest first.</summary>
    /// <param name="from">A revision with a path: a file, a folder, or a pattern where nothing in the path's history would have that very name.</param>
    /// <param name="isPattern">The path is matched as a <see cref="Glob"/>, and each file that matches is told by itself.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no such revision; <see cref="ErrorKind.InvalidArgument"/>: no pattern.</exception>
    public async IAsyncEnumerable<PathTouch> FindAsync(CommitReference from, bool isPattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DataPath path = from.Path ?? DataPath.Root;
        Glob? glob = isPattern ? Glob.Parse(path.ToString()) : null;
        TreeStore trees = contents.Of(from.Repo).Trees;
        await foreach (Commit commit in commits.LogAsync(new CommitReference(from.Repo, from.Revision, null), cancellationToken))
        {
            if (commit.State != CommitState.Finished || commit.Tree is not { } after || await TreeAsync(commit, commit.Parent, cancellationToken) is not { } before)
            {
                continue;
            }

            // A merge has touched what is on neither side as it is now; the rest came with the side that has it.
            Digest? other = commit.MergedFrom is null ? null : await TreeAsync(commit, commit.MergedFrom, cancellationToken);
            await foreach (TreeChange change in ChangesAsync(trees, before, after, path, glob, cancellationToken))
            {
                if (other is not { } side || !Same(await trees.FindAsync(side, change.Path, cancellationToken), change.After))
                {
                    yield return new PathTouch(commit, change);
                }
            }
        }
    }

    private static async IAsyncEnumerable<TreeChange> ChangesAsync(
        TreeStore trees, Digest before, Digest after, DataPath path, Glob? glob, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (glob is null)
        {
            TreeEntry? old = await trees.FindAsync(before, path, cancellationToken);
            TreeEntry? now = await trees.FindAsync(after, path, cancellationToken);
            if (!Same(old, now))
            {
                yield return new TreeChange(path, old, now);
            }

            yield break;
        }

        await foreach (TreeChange change in trees.DiffAsync(before, after, cancellationToken))
        {
            if (glob.Matches(change.Path))
            {
                yield return change;
            }
        }
    }

    private static bool Same(TreeEntry? one, TreeEntry? other) =>
        (one?.Digest, one?.Kind, one?.Executable) == (other?.Digest, other?.Kind, other?.Executable);

    /// <summary>The tree of a parent; the empty one where there is no parent, null where its files are gone.</summary>
    private async ValueTask<Digest?> TreeAsync(Commit commit, GlobalId? parent, CancellationToken cancellationToken) => parent is { } id
        ? (await commits.FindAsync(commit.Repo, id, cancellationToken))?.Tree
        : await contents.Of(commit.Repo).Trees.EmptyAsync(cancellationToken);
}
