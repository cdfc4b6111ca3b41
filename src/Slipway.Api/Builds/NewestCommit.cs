using System.Globalization;

namespace Slipway.Api;

/// <summary>When the newest commit that changed a folder was made.</summary>
/// <param name="Time">The committer's time, in seconds since 1970; null where nobody knows: outside of git, before the first commit, of a folder that git ignores.</param>
/// <param name="IsCutOff">The time is not known because the clone is shallow and its history ends before that commit.</param>
internal readonly record struct NewestCommit(long? Time, bool IsCutOff)
{
    // Whatever the user's settings and refs are, git says the time, the parents, and whether the history was cut off behind the commit ("grafted").
    private static readonly string[] Question =
    [
        "-c", "log.follow=false", "-c", "log.showSignature=false", "log", "-1", "--decorate=short", "--decorate-refs-exclude=*", "--format=%ct,%P,%D", "--", ".",
    ];

    /// <summary>Asks git, for as long as that takes: what it says is part of an image, which cannot depend on how fast a machine is.</summary>
    public static async Task<NewestCommit> AskAsync(string folder, CancellationToken cancellationToken)
    {
        string? said = await GitQuestion.AskAsync(folder, Question, cancellationToken).ConfigureAwait(false);
        if (said?.Split(',', StringSplitOptions.TrimEntries) is not [var text, var parents, .. var decorations]
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long time) || time > BuildOptions.LatestTime)
        {
            return default;
        }

        // A shallow clone's last commits have no parents here, so each seems to have made all its files. Of the whole repository such a commit is the newest that is
        // known to have changed it, whatever lies behind; of a folder below the top (--show-prefix) it may never have touched a file.
        bool isCutOff = parents.Length == 0 && decorations.Contains("grafted")
            && await GitQuestion.AskAsync(folder, ["rev-parse", "--show-prefix"], cancellationToken).ConfigureAwait(false) is { Length: > 0 };
        return isCutOff ? new(null, IsCutOff: true) : new(time, IsCutOff: false);
    }
}
