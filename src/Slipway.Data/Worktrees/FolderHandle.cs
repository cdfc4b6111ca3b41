using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Data.Worktrees;

/// <summary>
/// An open folder of the file system. What is below it is reached by the handle and one name at a time, and a symlink is never followed,
/// so nothing that stands in the folder can lead out of it, also where it changes meanwhile.
/// </summary>
internal sealed class FolderHandle : IDisposable
{
    private const ResolveFlags Inside = ResolveFlags.Beneath | ResolveFlags.NoSymlinks;

    private readonly SafeFileHandle _handle;

    private FolderHandle(SafeFileHandle handle, string path) => (_handle, Path) = (handle, path);

    /// <summary>Where it stood when it was opened, for messages.</summary>
    public string Path { get; }

    /// <summary>Opens the folder that a caller of ours names: its own path is trusted.</summary>
    public static FolderHandle Open(string path) => Guard(path, () => new FolderHandle(Libc.Open(path, OpenFlags.Directory), path));

    /// <summary>Opens a folder in this one.</summary>
    public FolderHandle OpenChild(string name) =>
        Guard(PathOf(name), () => new FolderHandle(Libc.OpenAt(_handle, name, OpenFlags.Directory | OpenFlags.NoFollow, Inside), PathOf(name)));

    /// <summary>Opens a folder in this one, and makes it (0755) where there is none.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.AlreadyExists"/>: something else has that name.</exception>
    public FolderHandle OpenOrMakeChild(string name) => Guard(PathOf(name), () =>
    {
        const int everyoneReads = 0x1ED; // 0755
        try
        {
            Libc.MakeDirectoryAt(_handle, name, everyoneReads);
        }
        catch (LinuxException e) when (e.Errno == Errno.EEXIST)
        {
            return OpenExisting(name);
        }

        FolderHandle made = OpenChild(name);
        Libc.Fchmod(made._handle, everyoneReads);
        return made;
    });

    /// <summary>The names in it, as bytes and in no order.</summary>
    public List<byte[]> Names() => Guard(Path, () => Libc.ListNames(_handle, Path));

    /// <summary>Gives each name in it, in no order.</summary>
    public void ReadNames(Action<ReadOnlySpan<byte>> add) => Guard(Path, () =>
    {
        Libc.ReadNames(_handle, add, Path);
        return true;
    });

    /// <summary>What stands under a name; null where nothing does.</summary>
    public FileStatus? StatusOf(string name) => Guard(PathOf(name), () => Libc.StatusAt(_handle, name));

    /// <inheritdoc cref="StatusOf(string)"/>
    public FileStatus? StatusOf(ReadOnlySpan<byte> name)
    {
        try
        {
            return Libc.StatusAt(_handle, name);
        }
        catch (LinuxException e)
        {
            throw Translate(Path, e);
        }
    }

    /// <summary>What stands here itself.</summary>
    public FileStatus Status() => Guard(Path, () => Libc.Status(_handle, Path));

    /// <summary>Opens a file in this folder for reading, without waiting for a fifo's other end.</summary>
    public SafeFileHandle OpenFile(string name) =>
        Guard(PathOf(name), () => Libc.OpenAt(_handle, name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock, Inside));

    /// <summary>Makes a file that is not there yet, for writing.</summary>
    /// <param name="mode">Its permission bits, before the umask.</param>
    public SafeFileHandle CreateFile(string name, int mode) => Guard(
        PathOf(name), () => Libc.OpenAt(_handle, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, Inside, mode));

    /// <summary>Gives a file in this folder another name, in the place of what has it.</summary>
    public void Rename(string name, string to) => Guard(PathOf(to), () =>
    {
        Libc.RenameAt(_handle, name, _handle, to);
        return true;
    });

    /// <summary>Removes a file or a symlink; an absent one is fine.</summary>
    public void Remove(string name) => Guard(PathOf(name), () => Libc.UnlinkAt(_handle, name, isDirectory: false));

    /// <summary>Removes a folder, if nothing is in it.</summary>
    public void TryRemoveFolder(string name) => Libc.TryUnlinkAt(_handle, Encoding.UTF8.GetBytes(name), isDirectory: true);

    /// <summary>Another handle of the same folder.</summary>
    public FolderHandle Again() => Guard(Path, () => new FolderHandle(Libc.OpenAt(_handle, ".", OpenFlags.Directory | OpenFlags.NoFollow, Inside), Path));

    /// <summary>The text of a symlink.
    public string ReadLink(string name) => Guard(PathOf(name), () => Libc.ReadLinkAt(_handle, name));

    /// <summary>Makes a symlink.</summary>
    public void MakeLink(string name, string target) => Guard(PathOf(name), () =>
    {
        Libc.SymlinkAt(target, _handle, name);
        return true;
    });

    /// <summary>A path that leads to a name in this very folder, whatever its own path means by now, for calls that take only paths.</summary>
    public string StablePathOf(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_handle.DangerousGetHandle()}/{name}");

    /// <summary>The same error in words of this folder's path: the blob store knows only the stable one.</summary>
    public SlipwayException Named(SlipwayException error) =>
        new(error.Kind, error.Message.Replace(StablePathOf(""), PathOf(""), StringComparison.Ordinal), error.Hint, error);

    /// <summary>The path of a name, for messages.</summary>
    public string PathOf(string name) => $"{Path.TrimEnd('/')}/{name}";

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private FolderHandle OpenExisting(string name)
    {
        SafeFileHandle handle = Libc.TryOpenAt(_handle, name, OpenFlags.Directory | OpenFlags.NoFollow, Inside, out int errno);
        if (errno is Errno.ENOTDIR or Errno.ELOOP)
        {
            throw new SlipwayException(
                ErrorKind.AlreadyExists, $"folder '{PathOf(name)}' cannot be made: something that is no folder stands there", "Move it away, or choose an empty folder.");
        }

        return errno == 0 ? new FolderHandle(handle, PathOf(name)) : throw new LinuxException(errno, "openat2", PathOf(name));
    }

    private static T Guard<T>(string path, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (LinuxException e)
        {
            throw Translate(path, e);
        }
    }

    private static SlipwayException Translate(string path, LinuxException error)
    {
        ErrorKind kind = error.Errno switch
        {
            Errno.ENOENT => ErrorKind.NotFound,
            Errno.EACCES or Errno.EPERM or Errno.EROFS => ErrorKind.PermissionDenied,
            Errno.ENOSPC or Errno.EDQUOT => ErrorKind.OutOfSpace,
            Errno.EEXIST => ErrorKind.AlreadyExists,
            Errno.ELOOP or Errno.ENOTDIR => ErrorKind.Conflict,
            _ => ErrorKind.Internal,
        };
        return new SlipwayException(kind, $"folder '{path}' cannot be used: {error.Message}", null, error);
    }
}
