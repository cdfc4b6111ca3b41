using Slipway.Content.Metadata;

namespace Slipway.Data.Commits;

/// <summary>
/// The lines of parents. Each commit knows its <see cref="Commit.Ordinal"/> and, beside its parent, one ancestor further up, chosen so that
/// the distances double (the skew-binary jump pointers of E. Myers, "An applicative random-access stack", 1983): finding the commit N steps up reads
/// about two rows for each doubling of N, and placing a new one reads three. A parent whose row is gone is where a trimmed history begins.
/// </summary>
internal sealed class Ancestry(CommitTables commits)
{
    /// <summary>The commit with its ordinal, generation and jump, below its parents, which must be the rows that it names.</summary>
    public async ValueTask<Commit> PlaceAsync(
        IMetadataReader reader, Commit commit, Commit? parent, Commit? mergedFrom, CancellationToken cancellationToken) => commit with
        {
            Ordinal = (parent?.Ordinal ?? 0) + 1,
            Generation = Math.Max(parent?.Generation ?? 0, mergedFrom?.Generation ?? 0) + 1,
            Jump = parent is null ? null : await JumpBelowAsync(reader, parent, cancellationToken),
        };

    /// <summary>The ancestor of that ordinal in the line of first parents, or the commit itself; null where there is none.</summary>
    public async ValueTask<Commit?> AtAsync(IMetadataReader reader, Commit from, long ordinal, CancellationToken cancellationToken)
    {
        Commit? commit = ordinal < 1 || ordinal > from.Ordinal ? null : from;
        while (commit is not null && commit.Ordinal > ordinal)
        {
            Commit? jump = commit.Jump is { } far ? await commits.FindAsync(reader, from.Repo, far, cancellationToken) : null;
            commit = jump is not null && jump.Ordinal >= ordinal ? jump
                : commit.Parent is { } parent ? await commits.FindAsync(reader, from.Repo, parent, cancellationToken)
                : null;
        }

        return commit;
    }

    /// <summary>True where <paramref name="ancestor"/> is the commit or stands in its line of first parents.</summary>
    public async ValueTask<bool> IsInLineAsync(IMetadataReader reader, Commit ancestor, Commit of, CancellationToken cancellationToken) =>
        await AtAsync(reader, of, ancestor.Ordinal, cancellationToken) is { } found && found.GlobalId == ancestor.GlobalId;

    // Where the parent's jump and the jump after it are equally long, the new one spans both; else it begins anew with the parent.
    private async ValueTask<GlobalId> JumpBelowAsync(IMetadataReader reader, Commit parent, CancellationToken cancellationToken)
    {
        if (parent.Jump is { } first
            && await commits.FindAsync(reader, parent.Repo, first, cancellationToken) is { Jump: { } second } middle
            && await commits.FindAsync(reader, parent.Repo, second, cancellationToken) is { } far
            && parent.Ordinal - middle.Ordinal == middle.Ordinal - far.Ordinal)
        {
            return second;
        }

        return parent.GlobalId;
    }
}
