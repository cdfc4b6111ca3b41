using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Local;

/// <summary>Holds a blob store for one process. The file <c>lock</c> is no part of what is stored: it says who, and nothing is lost with it.</summary>
internal sealed class StoreLock : IDisposable
{
    private const int OwnerOnly = 0x180; // 0600

    private readonly SafeFileHandle _file;
    private readonly string _root;

    private StoreLock(SafeFileHandle file, string root) => (_file, _root) = (file, root);

    /// <summary>Makes the store's folder where it is missing, and takes its lock.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: another process has it; names it.</exception>
    public static StoreLock Take(string root)
    {
        Directory.CreateDirectory(root);
        string path = Path.Combine(root, "lock");
        SafeFileHandle file = Libc.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, OwnerOnly);
        if (!Libc.TryLock(file, path))
        {
            byte[] holder = new byte[32];
            int length = RandomAccess.Read(file, holder, 0);
            string process = Encoding.ASCII.GetString(holder, 0, length).Trim();
            file.Dispose();
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"blob store {root} is in use by another process{(process.Length == 0 ? string.Empty : $" (process {process})")}",
                "Stop the other slipway server, or give this one its own SLIPWAY_HOME.");
        }

        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")), 0);
        return new StoreLock(file, root);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Libc.Unlock(_file, _root);
        _file.Dispose();
    }
}
