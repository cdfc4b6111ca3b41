using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>Files of secrets in memory, of one step: no byte of them reaches a disk. They are gone when this is disposed.</summary>
internal sealed class SecretFiles : IDisposable
{
    private readonly string _folder;
    private int _next;

    public SecretFiles(BuildScratch scratch)
    {
        _folder = scratch.NewFolder("secrets");
        Libc.Mount("tmpfs", _folder, "tmpfs", MountFlags.NoSetId | MountFlags.NoDevices | MountFlags.NoExecute, "mode=700,noswap");
    }

    /// <summary>The path of a new file with this content, owner and mode.</summary>
    public string Add(ReadOnlyMemory<byte> content, int user, int group, int mode)
    {
        string path = Path.Combine(_folder, (++_next).ToString(System.Globalization.CultureInfo.InvariantCulture));
        using (FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(content.Span);
            Libc.ChangeOwner(file.SafeFileHandle, user, group, path);
            Libc.Fchmod(file.SafeFileHandle, mode, path);
        }

        return path;
    }

    public void Dispose() => Libc.Unmount(_folder);
}
