using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>
/// The places of mounts that the files so far lack, as a layer of their own on top of them: so the runtime makes none in the step's layer. The
/// directories on the way there look exactly like those they cover.
/// </summary>
internal sealed class MountPoints(string directory)
{
    /// <summary>The layer.</summary>
    public string Directory => directory;

    /// <summary>Makes a place at a path where the mounted root has none.</summary>
    /// <param name="root">A view of the files so far.</param>
    public void Add(string root, string path, bool isDirectory)
    {
        using SafeFileHandle rootHandle = Libc.Open(root, OpenFlags.Path | OpenFlags.Directory);
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int there = parts.Length;
        string real = root;
        for (; there >= 0; there--)
        {
            string prefix = there == 0 ? "." : string.Join('/', parts[..there]);
            using SafeFileHandle handle = Libc.TryOpenAt(rootHandle, prefix, OpenFlags.Path, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out int errno);
            if (errno == 0)
            {
                real = new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget ?? root;
                break;
            }

            if (errno is not (Errno.ENOENT or Errno.ENOTDIR))
            {
                throw new LinuxException(errno, "openat2", path);
            }
        }

        if (there == parts.Length)
        {
            return;
        }

        string inside = real.Length > root.Length ? real[root.Length..] : "";
        string at = Mirror(root, inside);
        Make(at, parts[there..], isDirectory);
    }

    private static void Make(string at, string[] names, bool isDirectory)
    {
        for (int index = 0; index < names.Length; index++)
        {
            at = Path.Combine(at, names[index]);
            if (index == names.Length - 1 && !isDirectory)
            {
                if (!Path.Exists(at))
                {
                    File.WriteAllBytes(at, []);
                }
            }
            else if (!System.IO.Directory.Exists(at))
            {
                System.IO.Directory.CreateDirectory(at);
                File.SetUnixFileMode(at, (UnixFileMode)0x1ED);
                File.SetLastWriteTimeUtc(at, ReproducibleTime.Default.UtcDateTime);
            }
        }
    }

    // Owner, mode, times and attributes of each directory as the files so far have them; the inner ones last, for making one changes the time of the outer.
    private string Mirror(string root, string inside)
    {
        string from = root, to = directory;
        List<(string From, string To)> made = [(from, to)];
        foreach (string name in inside.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            from = Path.Combine(from, name);
            to = Path.Combine(to, name);
            System.IO.Directory.CreateDirectory(to);
            made.Add((from, to));
        }

        foreach ((string source, string target) in made)
        {
            FileStatus status = Libc.Status(source);
            using SafeFileHandle handle = Libc.Open(target, OpenFlags.Directory);
            Libc.ChangeOwner(handle, (int)status.User, (int)status.Group, target);
            Libc.Fchmod(handle, status.Permissions, target);
            foreach (string xattr in Libc.ListXattrs(source).Where(name => name.StartsWith("user.", StringComparison.Ordinal) || name.StartsWith("system.posix", StringComparison.Ordinal)))
            {
                if (Libc.GetXattr(source, xattr) is { } value)
                {
                    Libc.SetXattr(handle, xattr, value, target);
                }
            }

            Libc.SetTimes(handle, status.ModifiedSeconds, (int)status.ModifiedNanoseconds, target);
        }

        return to;
    }
}
