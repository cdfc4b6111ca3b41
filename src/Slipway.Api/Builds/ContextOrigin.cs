using System.Diagnostics;
using System.Globalization;

namespace Slipway.Api;

/// <summary>Where a context came from, as git knows it. Nothing is asked where no repository is, so that a build elsewhere starts no process.</summary>
public static class ContextOrigin
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Begins to ask for the commit that is checked out, whether the folder was changed since, and where the repository came from.</summary>
    /// <param name="address">Where the context was fetched from; null for a folder of the user's.</param>
    /// <returns>
    /// To be called once, when nothing else is waited for: git, which looks at every file for whether one was changed, then has three seconds left, so that a huge
    /// repository holds no build back. Null where there is nothing to say.
    /// </returns>
    public static Func<Task<BuildSource?>> Begin(string folder, string? address, TimeProvider time, CancellationToken cancellationToken)
    {
        BuildSource? told = address is null ? null : new BuildSource(address.Split('#')[0]);
        if (!IsInRepository(folder))
        {
            return () => Task.FromResult(told);
        }

        CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<string?> remote = address is null ? GitAsync(folder, ["config", "--get", "remote.origin.url"], cancellationToken) : Task.FromResult<string?>(told!.Uri);
        Task<string?> status = GitAsync(folder, ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", "."], bound.Token);
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
                    string? head = await GitAsync(folder, ["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"], cancellationToken).ConfigureAwait(false);
                    return ParseHead(head, await remote.ConfigureAwait(false)) ?? told;
                }
            }
        };
    }

    /// <summary>The annotations of <c>--source-revision</c>: the commit that last changed the folder, "-dirty" where it was changed since.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> AnnotateAsync(string folder, CancellationToken cancellationToken)
    {
        Dictionary<string, string> annotations = [];
        if (await GitAsync(folder, ["log", "-1", "--format=%H", "--", "."], cancellationToken).ConfigureAwait(false) is { Length: > 0 } revision)
        {
            bool dirty = await GitAsync(folder, ["status", "--porcelain", "--", "."], cancellationToken).ConfigureAwait(false) is { Length: > 0 };
            annotations["org.opencontainers.image.revision"] = dirty ? revision + "-dirty" : revision;
        }

        return annotations;
    }

    /// <summary>When the newest commit that changed the folder was made, in seconds since 1970; null outside of git.</summary>
    public static async Task<long?> NewestCommitAsync(string folder, CancellationToken cancellationToken) =>
        long.TryParse(await GitAsync(folder, ["log", "-1", "--format=%ct", "--", "."], cancellationToken).ConfigureAwait(false), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? seconds
            : null;

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

    // Neither a lock nor a monitor of the repository's own is wanted: the build only looks.
    private static async Task<string?> GitAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        foreach (string argument in (string[])["-c", "core.fsmonitor=false", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process git = Process.Start(start)!;
            try
            {
                Task<string> errors = git.StandardError.ReadToEndAsync(cancellationToken);
                string output = await git.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
                await errors.ConfigureAwait(false);
                await git.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                return git.ExitCode == 0 ? output.Trim() : null;
            }
            finally
            {
                if (!git.HasExited)
                {
                    git.Kill(entireProcessTree: true);
                }
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // There is no git here.
        }
    }
}
