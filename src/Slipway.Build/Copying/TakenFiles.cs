using Microsoft.Win32.SafeHandles;
using Slipway.Build.Contexts;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Build.Copying;

/// <summary>
/// Large files of a folder that is the build's own are taken into a step's files by a link, not copied. overlayfs takes no link from outside, so while it is mounted an
/// empty file holds the place; the file itself comes to the upper directory when that lies by itself again.
/// </summary>
internal sealed class TakenFiles
{
    /// <summary>Below this a copy costs no more than a link.</summary>
    private const long SmallestTaken = 1 << 20;

    private readonly List<Taken> _files = [];
    private readonly HashSet<ulong> _sources = [];

    /// <summary>
    /// Leaves an empty file in the place of a source, where the source may be taken: it is nobody else's, has no second name, and keeps its mode.
    /// </summary>
    /// <param name="parent">An open directory of <paramref name="target"/>.</param>
    public bool TryTake(SourceTree source, SourceEntry entry, CopyRules rules, TargetTree target, SafeFileHandle parent, string name)
    {
        FileStatus status = entry.Status;
        if (!source.IsOurs || status.Size < SmallestTaken || status.Links != 1 || rules.ModeOf(status) != status.Permissions || !_sources.Add(status.Inode))
        {
            return false;
        }

        TargetTree.CreateFile(parent, name).Dispose();

        // By this time the place is known again: what another source of the step puts there has another.
        UnixTime mark = new(0, _files.Count + 1);
        Libc.SetTimesAt(parent, name, mark.Seconds, mark.Nanoseconds);
        _files.Add(new(source, entry, target.RealPath(parent).Trim('/'), name, mark, rules));
        return true;
    }

    /// <summary>Puts the files into the upper directory, which is not mounted any more.</summary>
    public void PutInto(string upper, CancellationToken cancellationToken)
    {
        using SafeFileHandle root = Libc.Open(upper, OpenFlags.Directory);
        foreach (Taken file in _files)
        {
            using SafeFileHandle parent = Libc.OpenAt(root, file.Parent.Length == 0 ? "." : file.Parent, OpenFlags.Directory, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
            if (Libc.StatusAt(parent, file.Name) is { IsRegular: true, Size: 0 } place && new UnixTime(place.ModifiedSeconds, (int)place.ModifiedNanoseconds) == file.Mark)
            {
                Put(file, parent, cancellationToken);
            }
        }
    }

    private static void Put(Taken file, SafeFileHandle parent, CancellationToken cancellationToken)
    {
        FileStatus status = file.Entry.Status;
        Libc.UnlinkAt(parent, file.Name, isDirectory: false);
        if (!TryLink(file, parent))
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

    private sealed record Taken(SourceTree Source, SourceEntry Entry, string Parent, string Name, UnixTime Mark, CopyRules Rules);
}
