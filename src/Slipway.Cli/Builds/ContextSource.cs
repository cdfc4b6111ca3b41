using System.Diagnostics;

namespace Slipway.Cli.Builds;

/// <summary>
/// Brings a context here, wherever it is: a folder stays where it lies; a tar on stdin or at a URL and a git repository come into a folder of their own,
/// which goes when this is disposed.
/// </summary>
internal sealed class ContextSource : IDisposable
{
    private readonly List<string> temporary = [];

    /// <summary>Whether a context's name is an address and no folder.</summary>
    public static bool IsRemote(string text) => text == "-" || IsGit(text) || IsUrl(text);

    /// <summary>The folder that a context's name means.</summary>
    /// <returns>Its path, and where stdin or the URL held a Dockerfile and no tar, that text; then the folder is empty.</returns>
    public async Task<(string Folder, byte[]? Dockerfile)> OpenAsync(CommandContext context, string text, CancellationToken cancellationToken)
    {
        if (text == "-")
        {
            using Stream input = context.OpenInput();
            return await ReadAsync(input, cancellationToken).ConfigureAwait(false);
        }

        if (IsGit(text))
        {
            return (await CloneAsync(text, cancellationToken).ConfigureAwait(false), null);
        }

        if (!IsUrl(text))
        {
            return (context.Resolve(text), null);
        }

        try
        {
            using HttpClient client = new();
            using HttpResponseMessage response = await client.GetAsync(new Uri(text), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await ReadAsync(body, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException fault)
        {
            throw new CliException($"the context {text} cannot be downloaded: {fault.Message}", "check the address and this machine's network");
        }
    }

    public void Dispose()
    {
        foreach (string folder in temporary)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<(string Folder, byte[]? Dockerfile)> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        string folder = NewFolder();
        (byte[] head, Stream whole) = await ContextArchive.PeekAsync(stream, cancellationToken).ConfigureAwait(false);
        using (whole)
        {
            if (ContextArchive.IsArchive(head))
            {
                await ContextArchive.ExtractAsync(head, whole, folder, cancellationToken).ConfigureAwait(false);
                return (folder, null);
            }

            using MemoryStream text = new();
            await whole.CopyToAsync(text, cancellationToken).ConfigureAwait(false);
            return (folder, text.ToArray());
        }
    }

    // "URL.git#reference:folder"
    private async Task<string> CloneAsync(string text, CancellationToken cancellationToken)
    {
        string[] parts = text.Split('#', 2);
        string[] fragment = parts.Length > 1 ? parts[1].Split(':', 2) : [""];
        string url = parts[0].StartsWith("github.com/", StringComparison.Ordinal) ? "https://" + parts[0] : parts[0];
        string folder = NewFolder();
        await GitAsync(folder, ["init", "--quiet"], cancellationToken).ConfigureAwait(false);
        await GitAsync(folder, ["fetch", "--quiet", "--depth=1", url, fragment[0].Length > 0 ? fragment[0] : "HEAD"], cancellationToken).ConfigureAwait(false);
        await GitAsync(folder, ["checkout", "--quiet", "--detach", "FETCH_HEAD"], cancellationToken).ConfigureAwait(false);
        if (File.Exists(Path.Join(folder, ".gitmodules")))
        {
            await GitAsync(folder, ["submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"], cancellationToken).ConfigureAwait(false);
        }

        string meant = Path.GetFullPath(fragment.Length > 1 ? fragment[1].TrimStart('/') : "", folder);
        return Directory.Exists(meant) && (meant + "/").StartsWith(folder + "/", StringComparison.Ordinal)
            ? meant
            : throw new CliException($"{url} has no folder '{fragment[1]}' at {fragment[0]}");
    }

    private string NewFolder()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-context-").FullName;
        temporary.Add(folder);
        return folder;
    }

    private static bool IsUrl(string text) => text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static bool IsGit(string text)
    {
        string url = text.Split('#')[0];
        return (IsUrl(url) && url.EndsWith(".git", StringComparison.Ordinal)) || url.StartsWith("git://", StringComparison.Ordinal) || url.StartsWith("git@", StringComparison.Ordinal)
            || url.StartsWith("ssh://", StringComparison.Ordinal) || url.StartsWith("github.com/", StringComparison.Ordinal);
    }

    private static async Task GitAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("git", arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using Process git = Process.Start(start)!;
            Task<string> output = git.StandardOutput.ReadToEndAsync(cancellationToken);
            string said = await git.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            await git.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (git.ExitCode != 0)
            {
                throw new CliException($"git {arguments[0]} failed: {said.Trim()}", "check the repository's address and the reference");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CliException("a context in git needs git, which is not installed", "for example: apt-get install git");
        }
    }
}
