using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Build.Copying;

/// <summary>
/// The files that a step changes. Every path is resolved by handle within the root: symlinks of the image lead to where they would lead in a
/// container, never outside. New entries get exactly the owner, mode and time that they are given.
/// </summary>
internal sealed class TargetTree : IDisposable
{
    private const int NewDirectoryMode = 0x1ED; // 0755
    private const int MaximumLinks = 40;

    private readonly SafeFileHandle _root;

    private TargetTree(SafeFileHandle root) => _root = root;

    public SafeFileHandle Root => _root;

    /// <summary>Files that come by a link once the tree is not mounted any more; null where it stays as it is.</summary>
    public TakenFiles? Taken { get; init; }

    public static TargetTree Open(string directory, TakenFiles? taken = null) => new(Libc.Open(directory, OpenFlags.Directory)) { Taken = taken };

    /// <summary>Whether a path leads to a directory.</summary>
    public bool IsDirectory(string path)
    {
        using SafeFileHandle handle = Libc.TryOpenAt(_root, Relative(path), OpenFlags.Path | OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out int errno);
        return errno == 0;
    }

    /// <summary>Opens a directory; it and its parents are made where they lack, with 0755 and <paramref name="owner"/>.</summary>
    /// <param name="created">True where the directory itself was made.</param>
    public SafeFileHandle OpenOrMakeDirectory(string path, FileOwner owner, UnixTime time, out bool created) => OpenOrMakeDirectory(path, owner, time, 0, out created);

    private SafeFileHandle OpenOrMakeDirectory(string path, FileOwner owner, UnixTime time, int depth, out bool created)
    {
        string relative = Relative(path);
        SafeFileHandle found = TryOpenDirectory(relative, out int errno);
        created = errno == Errno.ENOENT;
        if (errno == 0)
        {
            return found;
        }

        found.Dispose();
        if (!created)
        {
            throw errno == Errno.ENOTDIR
                ? new SlipwayException(ErrorKind.InvalidArgument, $"'{path}' is not a directory in the image, so nothing can be put below it")
                : new LinuxException(errno, "openat2", path);
        }

        int slash = relative.LastIndexOf('/');
        string name = relative[(slash + 1)..];
        using SafeFileHandle parent = OpenOrMakeDirectory(slash < 0 ? "." : relative[..slash], owner, time, depth, out _);
        if (Libc.StatusAt(parent, name) is { IsSymlink: true })
        {
            // A link to nothing: the directory that it names is made, as in a container.
            string named = Libc.ReadLinkAt(parent, name);
            string holder = slash < 0 ? "" : relative[..slash];
            return depth < MaximumLinks
                ? OpenOrMakeDirectory(named.StartsWith('/') ? named : RealPath(holder) + "/" + named, owner, time, depth + 1, out _)
                : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{path}' leads through too many symlinks in the image");
        }

        MakeDirectory(parent, name, owner, NewDirectoryMode, time);
        return Libc.OpenAt(parent, name, OpenFlags.Directory, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
    }

    /// <summary>Makes a directory with exactly this owner, mode and time.</summary>
    public static void MakeDirectory(SafeFileHandle parent, string name, FileOwner owner, int mode, UnixTime time)
    {
        Libc.MakeDirectoryAt(parent, name, 0x1C0);
        SetMetadata(parent, name, owner, mode, time);
    }

    /// <summary>Sets owner, mode and time of anything but a symlink, whose mode stays.</summary>
    public static void SetMetadata(SafeFileHandle parent, string name, FileOwner owner, int? mode, UnixTime time)
    {
        Libc.ChangeOwnerAt(parent, name, owner.User, owner.Group);
        if (mode is { } bits)
        {
            Libc.ChangeModeAt(parent, name, bits);
        }

        Libc.SetTimesAt(parent, name, time.Seconds, time.Nanoseconds);
    }

    /// <summary>Removes a file, link or node that stands where another is to be put.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: a directory stands there.</exception>
    public static void MakeRoom(SafeFileHandle parent, string name, string shownPath)
    {
        FileStatus? there = Libc.StatusAt(parent, name);
        if (there is { IsDirectory: true })
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"'{shownPath}' is a directory in the image and cannot be replaced by a file", "Remove it first: RUN rm -r " + shownPath);
        }

        if (there is not null)
        {
            Libc.UnlinkAt(parent, name, isDirectory: false);
        }
    }

    /// <summary>Removes whatever stands where an archive's entry is to be put; a directory with all it holds.</summary>
    public static void Clear(SafeFileHandle parent, string name)
    {
        FileStatus? there = Libc.StatusAt(parent, name);
        if (there is { IsDirectory: true })
        {
            DirectoryTree.Delete($"/proc/self/fd/{parent.DangerousGetHandle()}/{name}");
        }
        else if (there is not null)
        {
            Libc.UnlinkAt(parent, name, isDirectory: false);
        }
    }

    /// <summary>A new file in a directory, open for writing.</summary>
    public static SafeFileHandle CreateFile(SafeFileHandle parent, string name) => Libc.OpenAt(
        parent, name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, ResolveFlags.Beneath | ResolveFlags.NoSymlinks, 0x180);

    /// <summary>The file that a path's symlink leads to within the root, made where it lacks, emptied and open for writing.</summary>
    public SafeFileHandle OpenThroughSymlink(string path) => Libc.OpenAt(
        _root, Relative(path), OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Truncate, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, 0x1A4);

    public void Dispose() => _root.Dispose();

    private SafeFileHandle TryOpenDirectory(string relative, out int errno) =>
        Libc.TryOpenAt(_root, relative, OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out errno);

    // Where a directory stands, seen from the root, all symlinks resolved.
    private string RealPath(string path)
    {
        using SafeFileHandle handle = Libc.OpenAt(_root, Relative(path), OpenFlags.Path | OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
        return RealPath(handle);
    }

    /// <summary>Where an open directory of the tree stands, seen from the root, all symlinks resolved.</summary>
    public string RealPath(SafeFileHandle handle)
    {
        string root = new FileInfo($"/proc/self/fd/{_root.DangerousGetHandle()}").LinkTarget!;
        string real = new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget!;
        return real.Length > root.Length ? real[root.Length..] : "/";
    }

    private static string Relative(string path) => path.Trim('/') is { Length: > 0 } relative ? relative : ".";
}
