using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>A file or directory that was found in a stack of layers.</summary>
/// <param name="Directory">The layer's root, open.</param>
/// <param name="Path">Relative to it, without symlinks on the way.</param>
internal readonly record struct LayerNode(SafeFileHandle Directory, string Path, FileStatus Status);

/// <summary>
/// The unpacked layers below one that is being unpacked, so that an entry which relies on them (a hard link to a file of theirs, a parent
/// directory that the tar leaves out, a path through a symlink of theirs) is understood as it would be on the merged tree.
/// </summary>
internal sealed class LowerLayers : IDisposable
{
    private const ResolveFlags Strictly = ResolveFlags.Beneath | ResolveFlags.NoSymlinks | ResolveFlags.NoMountCrossing;

    private readonly List<SafeFileHandle> _roots = [];

    /// <param name="directories">Topmost first.</param>
    public LowerLayers(IEnumerable<string> directories)
    {
        foreach (string directory in directories)
        {
            _roots.Add(Libc.Open(directory, OpenFlags.Path | OpenFlags.Directory));
        }
    }

    /// <summary>What the merged layers show as their root; null where there are none.</summary>
    public FileStatus? Root => _roots.Count > 0 ? Libc.Status(_roots[0], "/") : null;

    /// <summary>What the merged layers show at a path that has no symlinks on its way, or null.</summary>
    public LayerNode? Find(string path)
    {
        foreach (SafeFileHandle root in _roots)
        {
            if (Lookup(root, path, out bool isBlocked) is { } status)
            {
                return OverlayMarks.IsWhiteout(status) ? null : new LayerNode(root, path, status);
            }

            if (isBlocked)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The text of the symlink that the merged layers show at a path, or null.</summary>
    public string? FindLink(string path) => Find(path) is { } node ? ReadLink(node) : null;

    /// <summary>The text of a symlink; null of everything else.</summary>
    public static string? ReadLink(LayerNode node)
    {
        if (!node.Status.IsSymlink)
        {
            return null;
        }

        string above = LayerPaths.ParentOf(node.Path);
        using SafeFileHandle parent = Libc.OpenAt(node.Directory, above.Length > 0 ? above : ".", OpenFlags.Path | OpenFlags.Directory, Strictly);
        return Libc.ReadLinkAt(parent, LayerPaths.NameOf(node.Path));
    }

    /// <summary>Status of a path beneath a root, or null; a symlink on the way counts as absent.</summary>
    public static FileStatus? Lookup(SafeFileHandle root, string path) => Lookup(root, path, out _);

    /// <param name="isBlocked">Something that is no directory stands on the way, so that the layers below are hidden.</param>
    private static FileStatus? Lookup(SafeFileHandle root, string path, out bool isBlocked)
    {
        using SafeFileHandle node = Libc.TryOpenAt(root, path, OpenFlags.Path | OpenFlags.NoFollow, Strictly, out int errno);
        isBlocked = errno is Errno.ENOTDIR or Errno.ELOOP or Errno.EXDEV;
        return errno switch
        {
            0 => Libc.Status(node, path),
            Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EXDEV => null,
            _ => throw new LinuxException(errno, "openat2", path),
        };
    }

    public void Dispose() => _roots.ForEach(root => root.Dispose());
}
