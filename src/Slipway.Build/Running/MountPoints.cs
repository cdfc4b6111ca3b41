using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>
/// Takes out of a RUN's writable layer what only the container's mounts left there: empty files and directories to mount on, where the image
/// has none, and the copies of their parents, which changed nothing but their time.
/// </summary>
internal static class MountPoints
{
    private static readonly string[] Known =
    [
        "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", "dev/console", "dev/pts", "dev/shm", "dev/mqueue", "dev/pipes", "dev", "proc", "sys/fs/cgroup",
        "sys", "etc", "run/.containerenv", "run",
    ];

    /// <summary>Cleans an upper directory of an overlay that is unmounted.</summary>
    /// <param name="lower">The layers below, topmost first.</param>
    /// <param name="mounted">Paths that this step mounted besides, absolute.</param>
    public static void RemoveFrom(string upper, IReadOnlyList<string> lower, IEnumerable<string> mounted)
    {
        using SafeFileHandle root = Libc.Open(upper, OpenFlags.Directory);
        foreach (string path in mounted.Select(path => path.Trim('/')).Concat(Known))
        {
            int slash = path.LastIndexOf('/');
            using SafeFileHandle parent = Libc.TryOpenAt(
                root, slash < 0 ? "." : path[..slash], OpenFlags.Directory, ResolveFlags.Beneath | ResolveFlags.NoSymlinks, out int errno);
            string name = path[(slash + 1)..];
            if (errno == 0 && Libc.StatusAt(parent, name) is { } status && IsLeftover(status, StatusBelow(lower, path)))
            {
                Remove(parent, name, status);
            }
        }
    }

    // An empty file or directory that the image lacks, or a directory that is as the image has it: only a copy, if nothing is in it.
    private static bool IsLeftover(FileStatus status, FileStatus? below) => below is { } original
        ? status.IsDirectory && original.IsDirectory && status.Mode == original.Mode && status.User == original.User && status.Group == original.Group
        : status.IsDirectory || (status.IsRegular && status.Size == 0);

    private static void Remove(SafeFileHandle parent, string name, FileStatus status)
    {
        if (!status.IsDirectory)
        {
            Libc.UnlinkAt(parent, name, isDirectory: false);
            return;
        }

        using SafeFileHandle directory = Libc.OpenAt(parent, name, OpenFlags.Directory, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
        if (Libc.ListNames(directory, name).Count == 0 && Libc.GetXattr($"/proc/self/fd/{parent.DangerousGetHandle()}/{name}", "trusted.overlay.opaque") is null)
        {
            Libc.UnlinkAt(parent, name, isDirectory: true);
        }
    }

    private static FileStatus? StatusBelow(IReadOnlyList<string> lower, string path)
    {
        foreach (string directory in lower)
        {
            using SafeFileHandle root = Libc.Open(directory, OpenFlags.Path | OpenFlags.Directory);
            using SafeFileHandle found = Libc.TryOpenAt(root, path, OpenFlags.Path | OpenFlags.NoFollow, ResolveFlags.Beneath | ResolveFlags.NoSymlinks, out int errno);
            if (errno == 0)
            {
                FileStatus status = Libc.Status(found, path);
                return status.IsCharacterDevice && status.NodeDevice == 0 ? null : status;
            }
        }

        return null;
    }
}
