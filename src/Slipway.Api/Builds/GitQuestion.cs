using System.ComponentModel;
using System.Diagnostics;

namespace Slipway.Api;

/// <summary>Asks git about the repository that a folder is in. Neither a lock nor a monitor of the repository's own is wanted: whoever asks only looks.</summary>
internal static class GitQuestion
{
    // Whoever started us may work on another repository: in a hook, git names its own in these.
    private static readonly string[] Elsewhere = ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_SHALLOW_FILE", "GIT_PREFIX"];

    /// <summary>What git writes, without the white space around it; null where it fails, or where there is no git. It ends when it is cancelled.</summary>
    public static async Task<string?> AskAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        foreach (string name in Elsewhere)
        {
            start.Environment.Remove(name);
        }

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
        catch (Win32Exception)
        {
            return null; // There is no git here.
        }
    }
}
