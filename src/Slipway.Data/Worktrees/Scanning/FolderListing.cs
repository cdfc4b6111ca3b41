using System.Runtime.ExceptionServices;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>Describes the entries of a folder, a run of its sorted names at a time: each with its status, and the digests that an index knows.</summary>
/// <param name="known">What the index has of the folder; null: nothing.</param>
internal sealed class FolderListing(FolderHandle folder, SortedNames names, IndexedFolder? known)
{
    private const int Slice = 512;

    private int _next;
    private bool _isIndexOpen;
    private bool _isIndexLeft;

    /// <summary>Whether all that came so far is just what the index has, unchanged (directories were not looked into).</summary>
    public bool IsSame { get; private set; } = known is not null;

    /// <summary>
    /// Fills the next entries; an entry's digest is set where the index has the very same file, and where it has a directory of that name. What vanishes
    /// meanwhile is left out.
    /// </summary>
    /// <returns>How many there are; 0 after the last.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: a socket, device or fifo; names its path.</exception>
    public int Read(ScannedEntry[] entries)
    {
        int filled = 0;
        while (filled == 0 && _next < names.Count)
        {
            int count = Math.Min(entries.Length, names.Count - _next);
            ReadStatuses(entries, _next, count);
            _next += count;
            filled = Compact(entries, count);
        }

        Match(entries.AsSpan(0, filled));
        if (filled == 0 && MoveInIndex())
        {
            IsSame = false;
        }

        return filled;
    }

    private void ReadStatuses(ScannedEntry[] entries, int first, int count)
    {
        if (count <= Slice)
        {
            ReadStatuses(entries, first, 0, count);
            return;
        }

        try
        {
            Parallel.For(0, (count + Slice - 1) / Slice, slice => ReadStatuses(entries, first, slice * Slice, Math.Min(count, (slice + 1) * Slice)));
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }

    /// <summary>Fills a slice; what has vanished has no name.</summary>
    private void ReadStatuses(ScannedEntry[] entries, int first, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            ReadOnlySpan<byte> name = names[first + i];
            entries[i] = folder.StatusOf(name) is { } status ? Describe(name.ToArray(), status) : default;
        }
    }

    private ScannedEntry Describe(byte[] name, FileStatus status) => ScannedEntry.Of(
        name,
        status,
        ScannedEntry.KindOf(status) ?? throw new SlipwayException(
            ErrorKind.InvalidArgument,
            $"'{folder.PathOf(FolderNames.Decode(folder, name))}' is a {FolderNames.KindOf(status)}: a repo holds files, folders and symbolic links",
            "Leave it out, or move it away."));

    private static int Compact(ScannedEntry[] entries, int count)
    {
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (entries[i].Name is not null)
            {
                entries[kept++] = entries[i];
            }
        }

        return kept;
    }

    /// <summary>Goes through both lists side by side, as both are in the same order.</summary>
    private void Match(Span<ScannedEntry> entries)
    {
        foreach (ref ScannedEntry entry in entries)
        {
            int order = -1;
            while (MoveInIndex() && (order = known!.Name.SequenceCompareTo(entry.Name)) < 0)
            {
                IsSame = false;
                _isIndexOpen = false;
            }

            if (!_isIndexLeft || order != 0)
            {
                IsSame = false;
                continue;
            }

            _isIndexOpen = false;
            if (entry.Kind == ScannedKind.Directory && known!.IsDirectory)
            {
                entry.Digest = known.Digest;
            }
            else if (entry.Kind != ScannedKind.Directory && known!.IsSame(entry))
            {
                entry.Digest = known.Digest;
                entry.Size = known.EntrySize;
            }
            else
            {
                IsSame = false;
            }
        }
    }

    /// <summary>Stands at the entry of the index that was not matched yet, if one is left.</summary>
    private bool MoveInIndex()
    {
        if (!_isIndexOpen)
        {
            _isIndexLeft = known?.MoveNext() ?? false;
            _isIndexOpen = true;
        }

        return _isIndexLeft;
    }
}
