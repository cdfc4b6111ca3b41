using Slipway.Api;

namespace Slipway.Cli.Data;

/// <summary>Files that were deleted at one path and added at another with the same bytes: they were renamed.</summary>
internal static class Renames
{
    /// <summary>The changes with renamed files as one: the old path stands in <see cref="FileChange.Before"/>. Empty files are too alike to be told apart.</summary>
    public static IReadOnlyList<FileChange> Find(IReadOnlyList<FileChange> changes)
    {
        Dictionary<string, Queue<FileEntry>> deleted = [];
        foreach (FileEntry gone in changes.Where(static change => change.After is null).Select(static change => change.Before!).Where(static file => file is { Kind: FileKind.File, Size: > 0 }))
        {
            if (!deleted.TryGetValue(gone.Digest, out Queue<FileEntry>? same))
            {
                deleted[gone.Digest] = same = [];
            }

            same.Enqueue(gone);
        }

        if (deleted.Count == 0)
        {
            return changes;
        }

        HashSet<string> moved = [];
        List<FileChange> found = [];
        foreach (FileChange change in changes)
        {
            if (change is { Before: null, After: { Kind: FileKind.File } after } && deleted.GetValueOrDefault(after.Digest)?.TryDequeue(out FileEntry? old) == true)
            {
                moved.Add(old.Path);
                found.Add(change with { Before = old });
            }
            else
            {
                found.Add(change);
            }
        }

        return [.. found.Where(change => change.After is not null || !moved.Contains(change.Path))];
    }
}
