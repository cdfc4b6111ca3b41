namespace Slipway.Api;

/// <summary>
/// Where a context came from and when it was last changed, as git knows it. Nothing is asked where no repository is, so that a build elsewhere starts no process.
/// </summary>
public static class ContextOrigin
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Begins to ask what a build with these options needs to know: for the statement, the commit that is checked out, whether the folder was changed since, and where the
    /// repository came from; for the image, when the newest commit that changed the folder was made, unless its time is given.
    /// </summary>
    /// <param name="address">Where the context was fetched from; null for a folder of the user's.</param>
    /// <returns>
    /// To be called once, when nothing else is waited for. Whether files were changed, for which git looks at each of them, it then has three seconds left to
    /// say, so that a huge repository holds no build back; the time of the commit is waited for. Null where there is nothing to say.
    /// </returns>
    public static Func<Task<BuildSource?>> Begin(string folder, string? address, BuildOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        bool isStated = options is { Check: false, Provenance: not "none" }, isDated = options is { Check: false, SourceDateEpoch: null };
        BuildSource? told = isStated && address is not null ? new BuildSource(address.Split('#')[0]) : null;
        if ((!isStated && !isDated) || !IsInRepository(folder))
        {
            return () => Task.FromResult(told);
        }

        Func<Task<BuildSource?>> source = isStated ? BeginSource(folder, told, time, cancellationToken) : () => Task.FromResult<BuildSource?>(null);
        Task<NewestCommit> newest = isDated ? Task.Run(() => NewestCommit.AskAsync(folder, cancellationToken), cancellationToken) : Task.FromResult(default(NewestCommit));
        return async () =>
        {
            BuildSource? said = await source().ConfigureAwait(false);
            NewestCommit commit = await newest.ConfigureAwait(false);
            return commit == default ? said : (said ?? new BuildSource()) with { CommitTime = commit.Time, IsHistoryCut = commit.IsCutOff };
        };
    }

    private static Func<Task<BuildSource?>> BeginSource(string folder, BuildSource? told, TimeProvider time, CancellationToken cancellationToken)
    {
        CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<string?> remote = told is null ? GitQuestion.AskAsync(folder, ["config", "--get", "remote.origin.url"], cancellationToken) : Task.FromResult(told.Uri);
        Task<string?> status = GitQuestion.AskAsync(folder, ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", "."], bound.Token);
        return async () =>
        {
            using (bound)
            {
                try
                {
                    string? said = await status.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
                    return said is null ? told : Parse(said, await remote.ConfigureAwait(false)) ?? told;
                }
                catch (TimeoutException)
                {
                    await bound.CancelAsync().ConfigureAwait(false);
                    await ((Task)status).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    string? head = await GitQuestion.AskAsync(folder, ["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"], cancellationToken).ConfigureAwait(false);
                    return ParseHead(head, await remote.ConfigureAwait(false)) ?? told;
                }
            }
        };
    }

    /// <summary>The annotations of <c>--source-revision</c>: the commit that last changed the folder, "-dirty" where it was changed since.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> AnnotateAsync(string folder, CancellationToken cancellationToken)
    {
        Dictionary<string, string> annotations = [];
        if (await GitQuestion.AskAsync(folder, ["log", "-1", "--format=%H", "--", "."], cancellationToken).ConfigureAwait(false) is { Length: > 0 } revision)
        {
            bool dirty = await GitQuestion.AskAsync(folder, ["status", "--porcelain", "--", "."], cancellationToken).ConfigureAwait(false) is { Length: > 0 };
            annotations["org.opencontainers.image.revision"] = dirty ? revision + "-dirty" : revision;
        }

        return annotations;
    }

    /// <summary>Reads what <c>git status --porcelain=v2 --branch</c> says (git-status, "Porcelain Format Version 2"). Null before the first commit.</summary>
    internal static BuildSource? Parse(string status, string? remote)
    {
        string? commit = null, branch = null;
        bool dirty = false;
        foreach (string line in status.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', 3);
            switch (words)
            {
                case ["#", "branch.oid", var id]:
                    commit = id == "(initial)" ? null : id;
                    break;
                case ["#", "branch.head", var name]:
                    branch = name == "(detached)" ? null : "refs/heads/" + name;
                    break;
                case ["#", ..]:
                    break;
                default:
                    dirty = true;
                    break;
            }
        }

        return commit is null ? null : new BuildSource(remote, branch, commit, dirty);
    }

    /// <summary>Reads a commit's id and the name of what is checked out, a line each. Nothing is said of changed files.</summary>
    internal static BuildSource? ParseHead(string? head, string? remote) => head?.Split('\n', StringSplitOptions.TrimEntries) switch
    {
        [{ Length: > 0 } commit, "HEAD"] => new BuildSource(remote, null, commit, null),
        [{ Length: > 0 } commit, var name] => new BuildSource(remote, name, commit, null),
        _ => null,
    };

    private static bool IsInRepository(string folder)
    {
        for (DirectoryInfo? place = new(folder); place is not null; place = place.Parent)
        {
            if (Path.Exists(Path.Combine(place.FullName, ".git")))
            {
                return true;
            }
        }

        return false;
    }
}
