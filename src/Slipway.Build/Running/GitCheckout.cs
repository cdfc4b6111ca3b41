using System.Diagnostics;
using Slipway.Build.Provenance;
using Slipway.Content;

namespace Slipway.Build.Running;

/// <summary>Fetches one commit of a repository by the machine's git, with its submodules, and nothing of its history.</summary>
internal static class GitCheckout
{
    /// <summary>The folder that the source means, below <paramref name="folder"/>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: git said no; <see cref="ErrorKind.InvalidArgument"/>: another commit than the checksum's, or no such folder.</exception>
    public static async ValueTask<string> MakeAsync(GitSource source, string? checksum, bool keepsGitDirectory, string folder, Downloads downloads, CancellationToken cancellationToken)
    {
        string reference = source.Reference ?? "HEAD";
        await RunAsync(folder, cancellationToken, "init", "--quiet", "--initial-branch=main");
        await RunAsync(folder, cancellationToken, "remote", "add", "origin", source.Url);
        try
        {
            await RunAsync(folder, cancellationToken, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", reference);
        }
        catch (SlipwayException) when (IsCommit(reference))
        {
            // A server may refuse to give a commit that no branch names; its branches hold it.
            await RunAsync(folder, cancellationToken, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
            await RunAsync(folder, cancellationToken, "update-ref", "FETCH_HEAD", reference);
        }

        await RunAsync(folder, cancellationToken, "checkout", "--quiet", "--detach", IsCommit(reference) ? reference : "FETCH_HEAD");
        string commit = (await RunAsync(folder, cancellationToken, "rev-parse", "HEAD")).Trim();
        if (checksum is not null && (checksum.Length < 7 || !commit.StartsWith(checksum, StringComparison.OrdinalIgnoreCase)))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{source.Url}' has the commit {commit} at {reference}, but --checksum says {checksum}");
        }

        downloads.AddCommit(source.Url, source.Reference, commit);
        if (File.Exists(Path.Combine(folder, ".gitmodules")))
        {
            await RunAsync(folder, cancellationToken, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1");
        }

        if (!keepsGitDirectory)
        {
            Directory.Delete(Path.Combine(folder, ".git"), recursive: true);
        }

        string meant = Path.GetFullPath(Path.Combine(folder, source.Folder));
        return (meant + "/").StartsWith(folder + "/", StringComparison.Ordinal) && Directory.Exists(meant) && new DirectoryInfo(meant).LinkTarget is null
            ? meant
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{source.Url}' has no folder '{source.Folder}' at {reference}");
    }

    private static bool IsCommit(string reference) => reference.Length == 40 && reference.All(char.IsAsciiHexDigit);

    private static async ValueTask<string> RunAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        ProcessStartInfo start = new("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in (string[])["-c", "protocol.file.allow=never", "-c", "advice.detachedHead=false", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using Process process = Start(start);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? await output
            : throw new SlipwayException(ErrorKind.Unavailable, $"git {arguments[0]} failed: {(await error).Trim()}", "Check the repository's address, the reference and this machine's access to it.");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new SlipwayException(ErrorKind.Unavailable, "git is not installed on the server", "Install it as root: apt-get install git", fault);
        }
    }
}
