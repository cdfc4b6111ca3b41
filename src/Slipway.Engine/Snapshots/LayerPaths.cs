using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Resolves paths of a layer's entries to directories of the layer. Symlinks of the layer and of those below are followed here, step by step,
/// with the layer's root as their root; what comes out has none, and is only ever opened in a way that refuses them.
/// </summary>
internal sealed class LayerPaths(SafeFileHandle root, LowerLayers lower) : IDisposable
{
    private const ResolveFlags Strictly = ResolveFlags.Beneath | ResolveFlags.NoSymlinks | ResolveFlags.NoMountCrossing;

    private string? _cachedParent;
    private string _cachedPath = "";
    private SafeFileHandle? _cached;

    /// <summary>
    /// The directory that holds an entry, and its path without symlinks. Made where it is absent, with the mode and owner that it has in a
    /// layer below. The handle is valid until the next call.
    /// </summary>
    public (string Path, SafeFileHandle Directory) OpenParent(string parent)
    {
        if (parent == _cachedParent)
        {
            return (_cachedPath, _cached!);
        }

        string path = parent.Length == 0 ? "" : ResolveParent(parent);
        SafeFileHandle directory = TryOpenDirectory(path) ?? MakeDirectories(path);
        _cached?.Dispose();
        (_cachedParent, _cachedPath, _cached) = (parent, path, directory);
        return (path, directory);
    }

    /// <summary>Like a parent's path, but the last name stands for itself even where it is a symlink.</summary>
    public string Resolve(string path)
    {
        string parent = ParentOf(path);
        return Join(parent.Length == 0 ? "" : ResolveParent(parent), NameOf(path));
    }

    /// <summary>Opens a resolved directory of the layer; null where it is absent or none.</summary>
    public SafeFileHandle? TryOpenDirectory(string path)
    {
        SafeFileHandle directory = Libc.TryOpenAt(root, path.Length == 0 ? "." : path, OpenFlags.Path | OpenFlags.Directory, Strictly, out int errno);
        return errno switch
        {
            0 => directory,
            Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP => null,
            _ => throw new LinuxException(errno, "openat2", path),
        };
    }

    /// <summary>Says that a directory was removed, so that no handle of it or of one below is used again.</summary>
    public void Forget(string path)
    {
        if (_cachedPath == path || _cachedPath.StartsWith(path + "/", StringComparison.Ordinal))
        {
            _cachedParent = null;
        }
    }

    public void Dispose() => _cached?.Dispose();

    /// <summary>The path below a directory; "" is the root.</summary>
    public static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    public static string ParentOf(string path) => path.LastIndexOf('/') is var slash && slash < 0 ? "" : path[..slash];

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The text of the symlink at a path in the layer or, where the layer has nothing there, in one below; else null.</summary>
    private string? FindLink(string path) =>
        LowerLayers.Lookup(root, path) is { } own ? LowerLayers.ReadLink(new LayerNode(root, path, own)) : lower.FindLink(path);

    private string ResolveParent(string path) => SymlinkSteps.Resolve(path, FindLink);

    private SafeFileHandle MakeDirectories(string path)
    {
        string made = "";
        SafeFileHandle directory = Libc.OpenAt(root, ".", OpenFlags.Path | OpenFlags.Directory, Strictly);
        foreach (string name in path.Split('/'))
        {
            made = Join(made, name);
            FileStatus? existing = Libc.StatusAt(directory, name);
            if (existing is { IsDirectory: false } other)
            {
                if (!OverlayMarks.IsWhiteout(other))
                {
                    directory.Dispose();
                    throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer has entries below '{made}', which it says is no directory");
                }

                Libc.UnlinkAt(directory, name, isDirectory: false);
            }

            if (existing is not { IsDirectory: true })
            {
                Libc.MakeDirectoryAt(directory, name, 0x1C0);
            }

            SafeFileHandle next = Libc.OpenAt(directory, name, OpenFlags.Directory | OpenFlags.NoFollow, Strictly);
            directory.Dispose();
            directory = next;
            if (existing is not { IsDirectory: true })
            {
                TakeOver(directory, made, wasWhiteout: existing is not null);
            }
        }

        return directory;
    }

    /// <summary>Gives a directory that no entry describes the owner, mode and time of the one below that it will be merged with.</summary>
    private void TakeOver(SafeFileHandle directory, string path, bool wasWhiteout)
    {
        if (wasWhiteout)
        {
            OverlayMarks.MakeOpaque(directory);
        }

        if (!wasWhiteout && lower.Find(path) is { Status: { IsDirectory: true } below })
        {
            Libc.ChangeOwner(directory, (int)below.User, (int)below.Group);
            Libc.Fchmod(directory, below.Permissions);
            Libc.SetTimes(directory, below.ModifiedSeconds, below.ModifiedNanoseconds);
        }
        else
        {
            Libc.Fchmod(directory, 0x1ED);
        }
    }
}
