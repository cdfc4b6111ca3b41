using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>A new file that vanishes when it is disposed, unless <see cref="Keep"/> was called.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private const int ReadOnlyForAll = 0x124; // 0444

    private bool _kept;

    private TemporaryFile(string path, SafeFileHandle handle)
    {
        FullPath = path;
        Handle = handle;
    }

    public string FullPath { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>Makes an empty file of a name that nobody else has.</summary>
    public static TemporaryFile Create(string directory)
    {
        const int ownerOnly = 0x180; // 0600
        string path = NewPath(directory);
        return new(path, Libc.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, ownerOnly));
    }

    /// <summary>A name in <paramref name="directory"/> that nobody else has.</summary>
    public static string NewPath(string directory) => Path.Combine(directory, Guid.NewGuid().ToString("n"));

    /// <summary>Makes the file read-only for everybody, whatever the umask.</summary>
    public void MakeReadOnly() => Libc.Fchmod(Handle, ReadOnlyForAll, FullPath);

    /// <summary>Leaves the file where it is: somebody else has it now.</summary>
    public void Keep() => _kept = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Handle.Dispose();
        if (!_kept)
        {
            File.Delete(FullPath);
        }
    }
}
