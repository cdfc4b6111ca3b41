using System.Diagnostics;

namespace Slipway.Cli.Builds;

/// <summary>Where a context came from, as git knows it.</summary>
internal static class GitRevision
{
    /// <summary>The revision that last changed the folder, "-dirty" where it was changed since; nothing outside a repository or without git.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        Dictionary<string, string> annotations = [];
        if (await GitAsync(folder, ["log", "-1", "--format=%H", "--", "."], cancellationToken).ConfigureAwait(false) is { Length: > 0 } revision)
        {
            bool dirty = await GitAsync(folder, ["status", "--porcelain", "--", "."], cancellationToken).ConfigureAwait(false) is { Length: > 0 };
            annotations["org.opencontainers.image.revision"] = dirty ? revision + "-dirty" : revision;
        }

        return annotations;
    }

    private static async Task<string?> GitAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Array.ForEach(arguments, start.ArgumentList.Add);
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
