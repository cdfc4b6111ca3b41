using System.Security.Cryptography;
using Slipway.Api;
using Slipway.Cli.Archives;
using Slipway.Cli.Data;

namespace Slipway.Cli.Projects;

/// <summary>Compares files here with a repo by digest, so that only what differs is sent. What only the repo holds is left there.</summary>
internal static class DataComparison
{
    public static async Task<DataChange> CompareAsync(CommandContext context, ProjectData data, string root, CancellationToken cancellationToken)
    {
        string source = Path.GetFullPath(data.Source, root);
        if (!Path.Exists(source))
        {
            throw new CliException($"the project's data '{data.Source}' does not exist", $"looked for {source}");
        }

        bool folder = Directory.Exists(source);
        List<FolderEntry> here = folder
            ? [.. FolderListing.Walk(source).Where(static entry => entry.Kind is FolderEntryKind.File or FolderEntryKind.Symlink)]
            : [FolderListing.Describe(File.ResolveLinkTarget(source, returnFinalTarget: true)?.FullName ?? source, data.Path.EndsWith('/') ? Path.GetFileName(source) : "")];
        DataAddress target = new(data.Repo, data.Branch, data.Path);
        Dictionary<string, FileEntry> there = await ReadThereAsync(context.Client, target, folder || data.Path.EndsWith('/'), cancellationToken).ConfigureAwait(false);
        List<FolderEntry> differ = [];
        foreach (FolderEntry entry in here)
        {
            string path = entry.Name.Length == 0 ? data.Path : target.Below(entry.Name).Path!;
            if (!there.TryGetValue(path, out FileEntry? known) || !await IsSameAsync(entry, known, cancellationToken).ConfigureAwait(false))
            {
                differ.Add(entry);
            }
        }

        return new DataChange(data, differ, here.Count);
    }

    private static async Task<bool> IsSameAsync(FolderEntry here, FileEntry there, CancellationToken cancellationToken)
    {
        if (here.Kind == FolderEntryKind.Symlink)
        {
            byte[] target = System.Text.Encoding.UTF8.GetBytes(new FileInfo(here.Source).LinkTarget ?? "");
            return there.Kind == FileKind.Symlink && Digest(SHA256.HashData(target)) == there.Digest;
        }

        if (there.Kind != FileKind.File || here.Size != there.Size || (here.Permissions & 0x40) != 0 != there.Executable)
        {
            return false;
        }

        using FileStream file = new(here.Source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Digest(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false)) == there.Digest;
    }

    private static string Digest(byte[] hash) => "sha256:" + Convert.ToHexStringLower(hash);

    private static async Task<Dictionary<string, FileEntry>> ReadThereAsync(SlipwayClient client, DataAddress target, bool folder, CancellationToken cancellationToken)
    {
        Dictionary<string, FileEntry> there = new(StringComparer.Ordinal);
        try
        {
            if (!folder)
            {
                FileEntry entry = await client.InspectFileAsync(target.ToFile(), cancellationToken).ConfigureAwait(false);
                there[entry.Path] = entry;
                return there;
            }

            string at = target.WithPath(target.Path!.Length > 1 ? target.Path.TrimEnd('/') : "/").ToFile();
            await foreach (FileEntry entry in client.ListFilesAsync(at, recursive: true, after: null, limit: null, cancellationToken).ConfigureAwait(false))
            {
                there[entry.Path] = entry;
            }
        }
        catch (ApiException exception) when (exception.Problem.Kind is ProblemKinds.NotFound or ProblemKinds.FailedPrecondition or ProblemKinds.InvalidArgument)
        {
            // Neither the repo, nor its branch, nor the path may be there yet: then everything is new.
        }

        return there;
    }
}
