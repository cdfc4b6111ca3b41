using Microsoft.Win32.SafeHandles;
using Slipway.Build.Contexts;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Build.Copying;

/// <summary>
/// Large files of a folder that is the build's own are taken into a step's files by a link, not copied, and those that are read in place not at all. overlayfs takes no
/// link from outside, so while it is mounted an empty file holds the place; the file itself comes to the upper directory when that lies by itself again.
/// </summary>
internal sealed class TakenFiles
{
    /// <summary>Below this a copy costs no more than a link.</summary>
    private const long SmallestTaken = 1 << 20;

    private readonly List<Taken> _files = [];
    private readonly HashSet<ulong> _sources = [];

    /// <summary>
    /// Leaves an empty file in the place of a source, where the source may be taken: it is nobody else's, has no second name, and keeps its mode; or it is read in place.
    /// </summary>
    /// <param name="parent">An open directory of <paramref name="target"/>.</param>
    public bool TryTake(SourceTree source, SourceEntry entry, CopyRules rules, TargetTree target, SafeFileHandle parent, string name)
    {
        FileStatus status = entry.Status;
        FileInPlace? inPlace = source.InPlace?.Find(status.Inode);
        bool isTaken = inPlace is not null
            || (source.IsOurs && status.Size >= SmallestTaken && status.Links == 1 && rules.ModeOf(status) == status.Permissions && _sources.Add(status.Inode));
        if (!isTaken)
        {
            return false;
        }

        TargetTree.CreateFile(parent, name).Dispose();

        // By this time the place is known again: what another source of the step puts there has another.
        UnixTime mark = new(0, _files.Count + 1);
        Libc.SetTimesAt(parent, name, mark.Seconds, mark.Nanoseconds);
        _files.Add(new(source, entry, inPlace, target.RealPath(parent).Trim('/'), name, mark, rules));
        return true;
    }

    /// <summary>Puts the files into the upper directory, which is not mounted any more; of one that is read in place, a file of its length.</summary>
    /// <returns>By inode of such a file: what opens its content.</returns>
    public IReadOnlyDictionary<ulong, Func<SafeFileHandle>> PutInto(string upper, CancellationToken cancellationToken)
    {
        Dictionary<ulong, Func<SafeFileHandle>> elsewhere = [];
        using SafeFileHandle root = Libc.Open(upper, OpenFlags.Directory);
        foreach (Taken file in _files)
        {
            using SafeFileHandle parent = Libc.OpenAt(root, file.Parent.Length == 0 ? "." : file.Parent, OpenFlags.Directory, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
            if (Libc.StatusAt(parent, file.Name) is { IsRegular: true, Size: 0 } place && new UnixTime(place.ModifiedSeconds, (int)place.ModifiedNanoseconds) == file.Mark)
            {
                Put(file, parent, elsewhere, cancellationToken);
            }
        }

        return elsewhere;
    }

    private static void Put(Taken file, SafeFileHandle parent, Dictionary<ulong, Func<SafeFileHandle>> elsewhere, CancellationToken cancellationToken)
    {
        FileStatus status = file.Entry.Status;
        Libc.UnlinkAt(parent, file.Name, isDirectory: false);
        if (file.InPlace is { } inPlace)
        {
            using SafeFileHandle hollow = TargetTree.CreateFile(parent, file.Name);
            RandomAccess.SetLength(hollow, status.Size);
            elsewhere.Add(Libc.Status(hollow, file.Name).Inode, () => file.Source.InPlace!.Open(inPlace));
        }
        else if (!TryLink(file, parent))
        {
            using SafeFileHandle content = file.Source.OpenFile(file.Entry.Path);
            using SafeFileHandle copy = TargetTree.CreateFile(parent, file.Name);
            FileContent.Copy(content, copy, cancellationToken);
        }

        TargetTree.SetMetadata(parent, file.Name, file.Rules.OwnerOf(status), file.Rules.ModeOf(status), file.Rules.TimeOf(status));
    }

    private static bool TryLink(Taken file, SafeFileHandle parent)
    {
        (SafeFileHandle directory, string name) = file.Source.OpenParent(file.Entry.Path);
        using (directory)
        {
            // A source may be named by a symlink, of which a link would be one more.
            if (Libc.StatusAt(directory, name)?.Inode != file.Entry.Status.Inode)
            {
                return false;
            }

            try
            {
                Libc.LinkAt(directory, name, parent, file.Name);
                return true;
            }
            catch (LinuxException fault) when (fault.Errno is Errno.EXDEV or Errno.EPERM or Errno.EMLINK)
            {
                return false;
            }
        }
    }

    private sealed record Taken(SourceTree Source, SourceEntry Entry, FileInPlace? InPlace, string Parent, string Name, UnixTime Mark, CopyRules Rules);
}
