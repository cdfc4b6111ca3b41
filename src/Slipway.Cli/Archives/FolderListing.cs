using Slipway.Linux;

namespace Slipway.Cli.Archives;

/// <summary>What lies below a folder, parents first, names in byte order; links are listed, never followed.</summary>
internal static class FolderListing
{
    public static FolderEntry Describe(string source, string name)
    {
        FileStatus status = Libc.Status(source);
        FolderEntryKind kind = (status.Mode & 0xF000) switch
        {
            0x8000 => FolderEntryKind.File,
            0x4000 => FolderEntryKind.Directory,
            0xA000 => FolderEntryKind.Symlink,
            _ => FolderEntryKind.Other,
        };
        return new FolderEntry(name, source, kind, kind == FolderEntryKind.File ? status.Size : 0, status.Permissions, status.ModifiedSeconds);
    }

    /// <param name="prefix">Put before each name: "" or "a/".</param>
    /// <param name="skip">Whether a path stays out, with all below it.</param>
    public static IEnumerable<FolderEntry> Walk(string folder, string prefix = "", Func<FolderEntry, bool>? skip = null)
    {
        string[] names = Array.ConvertAll(Directory.GetFileSystemEntries(folder, "*", AllOfThem), static path => Path.GetFileName(path));
        Array.Sort(names, StringComparer.Ordinal);
        foreach (string name in names)
        {
            FolderEntry entry = Describe(Path.Join(folder, name), prefix + name);
            if (skip?.Invoke(entry) == true)
            {
                continue;
            }

            yield return entry;
            if (entry.Kind == FolderEntryKind.Directory)
            {
                foreach (FolderEntry below in Walk(entry.Source, entry.Name + "/", skip))
                {
                    yield return below;
                }
            }
        }
    }

    private static EnumerationOptions AllOfThem => new() { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple };
}
