using System.Runtime.ExceptionServices;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>Lists one folder: its entries in the order of their names' bytes, each with its status, and the digests that an index knows.</summary>
internal static class FolderListing
{
    private const int Slice = 1024;

    /// <summary>
    /// The entries; an entry's digest is set where <paramref name="known"/> has the very same file. Empty for directories. What vanishes meanwhile is
    /// left out.
    /// </summary>
    /// <param name="same">True where the index has exactly these entries, all unchanged (directories are not looked into).</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: a socket, device or fifo; names its path.</exception>
    public static ScannedEntry[] Read(FolderHandle folder, IndexedFolder? known, out bool same)
    {
        List<byte[]> names = folder.Names();
        names.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        ScannedEntry[] found = new ScannedEntry[names.Count];
        int slices = (names.Count + Slice - 1) / Slice;
        if (slices <= 1)
        {
            ReadStatuses(folder, names, found, 0);
        }
        else
        {
            try
            {
                Parallel.For(0, slices, slice => ReadStatuses(folder, names, found, slice));
            }
            catch (AggregateException several)
            {
                ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
            }
        }

        if (Array.Exists(found, static entry => entry.Name is null))
        {
            found = Array.FindAll(found, static entry => entry.Name is not null);
        }

        same = Match(found, known);
        return found;
    }

    /// <summary>Fills a slice; what has vanished stays without a name.</summary>
    private static void ReadStatuses(FolderHandle folder, List<byte[]> names, ScannedEntry[] found, int slice)
    {
        int end = Math.Min(names.Count, (slice + 1) * Slice);
        for (int i = slice * Slice; i < end; i++)
        {
            if (folder.StatusOf(names[i].AsSpan()) is { } status)
            {
                found[i] = Describe(folder, names[i], status);
            }
        }
    }

    private static ScannedEntry Describe(FolderHandle folder, byte[] name, FileStatus status) => ScannedEntry.Of(
        name,
        status,
        ScannedEntry.KindOf(status) ?? throw new SlipwayException(
            ErrorKind.InvalidArgument,
            $"'{folder.PathOf(FolderNames.Decode(folder, name))}' is a {FolderNames.KindOf(status)}: a repo holds files, folders and symbolic links",
            "Leave it out, or move it away."));

    /// <summary>Goes through both lists side by side, as both are in the same order.</summary>
    private static bool Match(ScannedEntry[] found, IndexedFolder? known)
    {
        bool same = known is not null && known.Count == found.Length;
        bool more = known?.MoveNext() ?? false;
        for (int i = 0; i < found.Length; i++)
        {
            ref ScannedEntry entry = ref found[i];
            int order = -1;
            while (more && (order = known!.Name.SequenceCompareTo(entry.Name)) < 0)
            {
                same = false;
                more = known.MoveNext();
            }

            if (!more || order != 0)
            {
                same = false;
            }
            else if (entry.Kind == ScannedKind.Directory)
            {
                same &= known!.IsDirectory;
            }
            else if (known!.IsSame(entry))
            {
                entry.Digest = known.Digest;
                entry.Size = known.EntrySize;
            }
            else
            {
                same = false;
            }
        }

        return same;
    }
}
