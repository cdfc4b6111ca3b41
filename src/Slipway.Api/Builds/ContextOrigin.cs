using System.Diagnostics;
using System.Globalization;

namespace Slipway.Api;

/// <summary>Where a context came from, as git knows it. Nothing is asked where no repository is, so that a build elsewhere starts no process.</summary>
public static class ContextOrigin
{
    /// <summary>The commit that is checked out, whether the folder was changed since, and where the repository came from.</summary>
    /// <param name="address">Where the context was fetched from; null for a folder of the user's.</param>
    /// <returns>Null where there is nothing to say.</returns>
    public static async Task<BuildSource?> ReadAsync(string folder, string? address, CancellationToken cancellationToken)
    {
        BuildSource? told = address is null ? null : new BuildSource(address.Split('#')[0]);
        if (!IsInRepository(folder))
        {
            return told;
        }

        Task<string?> remote = address is null ? GitAsync(folder, ["config", "--get", "remote.origin.url"], cancellationToken) : Task.FromResult<string?>(told!.Uri);
        string? status = await GitAsync(folder, ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", "."], cancellationToken).ConfigureAwait(false);
        return status is null ? told : Parse(status, await remote.ConfigureAwait(false)) ?? told;
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
            Task<string> errors = git.StandardError.ReadToEndAsync(cancellationToken);
            string output = await git.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            await git.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return git.ExitCode == 0 ? output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // There is no git here.
        }
    }
}
