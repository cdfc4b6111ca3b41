using Microsoft.Win32.SafeHandles;
using Slipway.Build.Contexts;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Build.Copying;

/// <summary>How copied entries are owned, what mode they get, and when they say they were changed.</summary>
/// <param name="Owner">Null keeps the source's.</param>
/// <param name="Mode">Null keeps the source's.</param>
/// <param name="Time">Null keeps the source's.</param>
internal sealed record CopyRules(FileOwner? Owner, ModeChange? Mode, UnixTime? Time)
{
    /// <summary>What of a directory is copied; null is all of it.</summary>
    public Selection? Selection { get; init; }

    /// <summary>Of directories that have no source: the destination's parents.</summary>
    public FileOwner ParentOwner => Owner ?? FileOwner.Root;

    public FileOwner OwnerOf(FileStatus status) => Owner ?? new((int)status.User, (int)status.Group);

    public int ModeOf(FileStatus status) => Mode?.Apply(status.Permissions, status.IsDirectory) ?? status.Permissions;

    public UnixTime TimeOf(FileStatus status) => Time ?? new(status.ModifiedSeconds, (int)status.ModifiedNanoseconds);
}

/// <summary>
/// Copies entries of a <see cref="SourceTree"/> into a <see cref="TargetTree"/> by docker's rules: of a directory its contents; a file into a
/// destination that is a directory or ends in a slash, else to it; symlinks below a directory stay symlinks.
/// </summary>
internal sealed class TreeCopier(SourceTree source, TargetTree target, CopyRules rules, CancellationToken cancellationToken)
{
    private const int NewDirectoryMode = 0x1ED; // 0755

    private static readonly UnixTime ParentTime = UnixTime.From(ReproducibleTime.Default);

    public void Copy(SourceEntry entry, string destination)
    {
        if (entry.Status.IsDirectory)
        {
            CopyTop(entry, destination);
            return;
        }

        if (destination.EndsWith('/') || target.IsDirectory(destination))
        {
            using SafeFileHandle directory = target.OpenOrMakeDirectory(destination, rules.ParentOwner, ParentTime, out _);
            Place(entry, directory, entry.Name, Join(destination, entry.Name));
            return;
        }

        int slash = destination.LastIndexOf('/');
        using SafeFileHandle parent = target.OpenOrMakeDirectory(destination[..(slash + 1)], rules.ParentOwner, ParentTime, out _);
        string name = destination[(slash + 1)..];
        if (entry.Status.IsRegular && Libc.StatusAt(parent, name) is { IsSymlink: true })
        {
            using SafeFileHandle behind = target.OpenThroughSymlink(destination);
            Fill(entry, behind);
            return;
        }

        Place(entry, parent, name, destination);
    }

    // The destination itself is not the source: where it is made it is like any parent, 0755 (less what --chmod takes away) and --chown's or root's.
    // So BuildKit has it.
    private void CopyTop(SourceEntry entry, string destination)
    {
        using SafeFileHandle directory = target.OpenOrMakeDirectory(destination, rules.ParentOwner, ParentTime, out bool created);
        CopyChildren(entry, directory, destination);
        if (created && rules.Mode is { } change)
        {
            Libc.Fchmod(directory, NewDirectoryMode & change.Apply(NewDirectoryMode, isDirectory: true), destination);
        }
    }

    private void CopyChildren(SourceEntry directory, SafeFileHandle into, string shownPath)
    {
        foreach (SourceEntry child in source.List(directory.Path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (rules.Selection?.Takes(child.Path) == false)
            {
                continue;
            }

            string shown = Join(shownPath, child.Name);
            if (child.Status.IsDirectory)
            {
                CopyDirectory(child, into, shown);
            }
            else
            {
                Place(child, into, child.Name, shown);
            }
        }
    }

    private void CopyDirectory(SourceEntry entry, SafeFileHandle parent, string shownPath)
    {
        FileStatus? there = Libc.StatusAt(parent, entry.Name);
        if (there is { IsDirectory: false })
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument,
                $"'{shownPath}' is {(there.Value.IsSymlink ? "a symlink" : "a file")} in the image and cannot be replaced by a directory",
                there.Value.IsSymlink ? "Copy to the directory that the symlink names." : "Remove it first: RUN rm " + shownPath);
        }

        if (there is null)
        {
            Libc.MakeDirectoryAt(parent, entry.Name, 0x1C0);
        }

        using (SafeFileHandle directory = Libc.OpenAt(parent, entry.Name, OpenFlags.Directory, ResolveFlags.Beneath | ResolveFlags.NoSymlinks))
        {
            CopyChildren(entry, directory, shownPath);
            CopyXattrs(entry, directory);
        }

        TargetTree.SetMetadata(parent, entry.Name, rules.OwnerOf(entry.Status), rules.ModeOf(entry.Status), rules.TimeOf(entry.Status));
    }

    // Sockets belong to a running program and are left out, as docker leaves them out.
    private void Place(SourceEntry entry, SafeFileHandle parent, string name, string shownPath)
    {
        FileStatus status = entry.Status;
        if (status.IsSocket)
        {
            return;
        }

        TargetTree.MakeRoom(parent, name, shownPath);
        if (status.IsRegular)
        {
            if (target.Taken?.TryTake(source, entry, rules, target, parent, name) == true)
            {
                return;
            }

            using SafeFileHandle file = TargetTree.CreateFile(parent, name);
            Fill(entry, file);
            return;
        }

        if (status.IsSymlink)
        {
            Libc.SymlinkAt(source.ReadLink(entry.Path), parent, name);
        }
        else
        {
            Libc.MakeNodeAt(parent, name, status.Mode & ~0xFFF, (uint)(status.NodeDevice >> 32), (uint)status.NodeDevice);
        }

        TargetTree.SetMetadata(parent, name, rules.OwnerOf(status), status.IsSymlink ? null : rules.ModeOf(status), rules.TimeOf(status));
    }

    private void Fill(SourceEntry entry, SafeFileHandle file)
    {
        using (SafeFileHandle content = source.OpenFile(entry.Path))
        {
            FileContent.Copy(content, file, cancellationToken);
        }

        FileOwner owner = rules.OwnerOf(entry.Status);
        Libc.ChangeOwner(file, owner.User, owner.Group, entry.Path);
        Libc.Fchmod(file, rules.ModeOf(entry.Status), entry.Path);
        CopyXattrs(entry, file);
        UnixTime time = rules.TimeOf(entry.Status);
        Libc.SetTimes(file, time.Seconds, time.Nanoseconds, entry.Path);
    }

    // From another image capabilities and the like come along; a context's belong to the machine that it was packed on.
    private void CopyXattrs(SourceEntry entry, SafeFileHandle file)
    {
        if (rules.Time is not null)
        {
            return;
        }

        (SafeFileHandle directory, string name) = source.OpenParent(entry.Path);
        using (directory)
        {
            string path = $"/proc/self/fd/{directory.DangerousGetHandle()}/{name}";
            foreach (string xattr in Libc.ListXattrs(path).Where(IsKept))
            {
                if (Libc.GetXattr(path, xattr) is { } value)
                {
                    Libc.SetXattr(file, xattr, value, entry.Path);
                }
            }
        }
    }

    private static bool IsKept(string xattr) => xattr.StartsWith("user.", StringComparison.Ordinal) || xattr == "security.capability";

    private static string Join(string directory, string name) => directory.EndsWith('/') ? directory + name : directory + "/" + name;
}
