using System.Globalization;

namespace Slipway.Api;

/// <summary>When the newest commit that changed a folder was made.</summary>
/// <param name="Time">The committer's time, in seconds since 1970; null where nobody knows: outside of git, before the first commit, of a folder that git ignores.</param>
/// <param name="IsCutOff">The time is not known because the clone is shallow and its history ends before that commit.</param>
internal readonly record struct NewestCommit(long? Time, bool IsCutOff)
{
    /// <summary>Asks git, for as long as that takes: what it says is part of an image, which cannot depend on how fast a machine is.</summary>
    public static async Task<NewestCommit> AskAsync(string folder, CancellationToken cancellationToken)
    {
        string[] question = ["-c", "log.follow=false", "-c", "log.showSignature=false", "log", "-1", "--format=%ct %H %P", "--", "."];
        string? said = await GitQuestion.AskAsync(folder, question, cancellationToken).ConfigureAwait(false);
        if (said?.Split(' ') is not [var text, var commit, .. var parents]
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long time) || time > BuildOptions.LatestTime)
        {
            return default;
        }

        // A shallow clone's last commits have no parents here, so each seems to have made all its files.
        return parents.Length == 0 && await IsCutOffAsync(folder, commit, cancellationToken).ConfigureAwait(false) ? new(null, IsCutOff: true) : new(time, IsCutOff: false);
    }

    // Of the whole repository the last commit is the newest that is known to have changed it, whatever lies behind it.
    private static async Task<bool> IsCutOffAsync(string folder, string commit, CancellationToken cancellationToken)
    {
        string? said = await GitQuestion.AskAsync(folder, ["rev-parse", "--is-shallow-repository", "--show-prefix", "--git-path", "shallow"], cancellationToken).ConfigureAwait(false);
        if (said?.Split('\n') is not ["true", { Length: > 0 }, .., var path])
        {
            return false;
        }

        try
        {
            // Combined and not made shorter: the way up from a folder that a link leads to is not that of its name.
            string[] ends = await File.ReadAllLinesAsync(Path.Combine(folder, path), cancellationToken).ConfigureAwait(false);
            return ends.Contains(commit);
        }
        catch (IOException)
        {
            return true; // The rest of the history is being fetched just now.
        }
    }
}
