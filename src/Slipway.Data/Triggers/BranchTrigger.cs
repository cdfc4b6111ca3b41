using Slipway.Content;
using Slipway.Data.Repos;

namespace Slipway.Data.Triggers;

/// <summary>
/// What moves a branch to another's head. Of its conditions any is enough, or with <see cref="All"/> all must hold at once; in each case only where
/// the other branch has something new.
/// </summary>
/// <param name="On">The branch of the same repo that is followed.</param>
/// <param name="Commits">So many commits are new.</param>
/// <param name="Size">So many bytes of files were added or changed.</param>
/// <param name="Every">So long ago it was last moved by the trigger, or made.</param>
/// <param name="Cron">A time of this schedule has come since it was last looked at (see <see cref="CronSchedule"/>).</param>
/// <param name="Fired">When it last moved the branch; when it was made, before that.</param>
/// <param name="Looked">The last time at which a time of the schedule was taken note of.</param>
public sealed record BranchTrigger(
    BranchName On, long? Commits, long? Size, TimeSpan? Every, string? Cron, bool All, DateTimeOffset Fired, DateTimeOffset Looked)
{
    /// <summary>A trigger that was never fired.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it has no condition, or one that cannot be.</exception>
    public static BranchTrigger Create(BranchName on, long? commits, long? size, TimeSpan? every, string? cron, bool all, DateTimeOffset now)
    {
        if (commits is null && size is null && every is null && cron is null)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"a trigger on {on} needs a condition", "Give one: a number of commits, a size, a time, a schedule.");
        }

        if (commits < 1 || size < 1 || every < TimeSpan.FromSeconds(1))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "a trigger waits for at least one commit, one byte or one second");
        }

        _ = cron is null ? null : CronSchedule.Parse(cron);
        return new BranchTrigger(on, commits, size, every, cron, all, now, now);
    }

    /// <summary>True where the number of new commits alone can decide that it fires.</summary>
    internal bool CountDecides => Commits is not null && (!All || (Size is null && Every is null && Cron is null));

    /// <summary>True where the clock or the files must be looked at too.</summary>
    internal bool NeedsLook => Size is not null || Every is not null || Cron is not null;

    /// <summary>When the clock next matters; null where it does not, until something new comes.</summary>
    internal DateTimeOffset? NextAt(DateTimeOffset now)
    {
        DateTimeOffset? every = Every is { } span && Fired + span > now ? Fired + span : null;
        DateTimeOffset? cron = Cron is { } text ? CronSchedule.Parse(text).Next(Looked) : null;
        return every is null || cron < every ? cron : every;
    }

    /// <summary>Whether it fires; pure.</summary>
    /// <param name="commits">How many commits are new: at least one.</param>
    /// <param name="size">The bytes that were added or changed; only read where <see cref="Size"/> is set.</param>
    internal bool Holds(long commits, long size, DateTimeOffset now)
    {
        bool?[] conditions =
        [
            Commits is { } most ? commits >= most : null,
            Size is { } bytes ? size >= bytes : null,
            Every is { } span ? now >= Fired + span : null,
            IsTicked(now),
        ];
        return All ? conditions.All(c => c != false) : conditions.Any(c => c == true);
    }

    /// <summary>Whether a time of the schedule has come; null without one.</summary>
    internal bool? IsTicked(DateTimeOffset now) => Cron is { } text ? CronSchedule.Parse(text).Next(Looked) <= now : null;
}
