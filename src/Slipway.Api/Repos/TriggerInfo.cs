namespace Slipway.Api;

/// <summary>What moves a branch to another's head. Any condition is enough, or with <paramref name="All"/> all must hold at once.</summary>
/// <param name="On">The branch of the same repo that is followed.</param>
/// <param name="Commits">So many commits are new.</param>
/// <param name="Size">So many bytes of files were added or changed.</param>
/// <param name="EverySeconds">So long ago it was last moved by the trigger, or made.</param>
/// <param name="Cron">Minute, hour, day, month and day of the week, in UTC.</param>
/// <param name="Fired">When it last moved the branch, or was made; set by the server.</param>
public sealed record TriggerInfo(
    string On, long? Commits = null, long? Size = null, double? EverySeconds = null, string? Cron = null, bool All = false, DateTimeOffset? Fired = null);
