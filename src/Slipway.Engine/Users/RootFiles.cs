using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>Looks into a container's root file system without ever leaving it: symlinks and <c>..</c> end at its root, as for the container itself.</summary>
internal sealed class RootFiles : IDisposable
{
    private const int MaximumText = 4 * 1024 * 1024;
    private const ResolveFlags Inside = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;

    private readonly SafeFileHandle _root;

    public RootFiles(string root) => _root = Libc.Open(root, OpenFlags.Path | OpenFlags.Directory);

    /// <summary>The text of a regular file of at most 4 MiB; empty where there is none such.</summary>
    public string ReadText(string path)
    {
        using SafeFileHandle file = Libc.TryOpenAt(_root, path, OpenFlags.NonBlock, Inside, out int errno);
        if (errno != 0 || !Libc.Status(file, path).IsRegular)
        {
            return "";
        }

        byte[] buffer = new byte[Math.Min(RandomAccess.GetLength(file), MaximumText)];
        int length = 0;
        while (RandomAccess.Read(file, buffer.AsSpan(length), length) is var read && read > 0)
        {
            length += read;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Makes a directory and its parents, 0755 and root's, where they are absent. What is there already stays as it is.</summary>
    public void MakeDirectories(string path)
    {
        SafeFileHandle directory = Libc.OpenAt(_root, ".", OpenFlags.Path | OpenFlags.Directory, Inside);
        string made = "";
        try
        {
            foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                made += "/" + name;
                SafeFileHandle next = Libc.TryOpenAt(_root, made, OpenFlags.Path | OpenFlags.Directory, Inside, out int errno);
                if (errno == Errno.ENOENT)
                {
                    // Where the name is a symlink to nowhere this fails (EEXIST), and the runtime's own message follows.
                    Libc.MakeDirectoryAt(directory, name, 0x1ED);
                    Libc.ChangeModeAt(directory, name, 0x1ED);
                    next = Libc.OpenAt(_root, made, OpenFlags.Path | OpenFlags.Directory, Inside);
                }
                else if (errno != 0)
                {
                    throw new LinuxException(errno, "openat2", made);
                }

                directory.Dispose();
                directory = next;
            }
        }
        finally
        {
            directory.Dispose();
        }
    }

    /// <summary>Opens a directory; null where it is absent or none.</summary>
    public SafeFileHandle? TryOpenDirectory(string path)
    {
        SafeFileHandle directory = Libc.TryOpenAt(_root, path, OpenFlags.Directory, Inside, out int errno);
        return errno == 0 ? directory : null;
    }

    public void Dispose() => _root.Dispose();
}
