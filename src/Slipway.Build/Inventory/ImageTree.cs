using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Build.Contexts;
using Slipway.Content;

namespace Slipway.Build.Inventory;

/// <summary>An image's files, for those who look for packages. Whatever an image holds, nothing outside of it is read.</summary>
internal sealed class ImageTree(SourceTree tree)
{
    private const long LargestFile = 256L << 20;

    /// <summary>Whether a regular file is there, symlinks followed within the image.</summary>
    public bool HasFile(string path) => tree.Find(path) is { Status.IsRegular: true };

    /// <summary>The text of a file; null where there is none.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: larger than any package database is.</exception>
    public string? ReadText(string path) => ReadBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The bytes of a file; null where there is none.</summary>
    public byte[]? ReadBytes(string path)
    {
        if (!HasFile(path))
        {
            return null;
        }

        using SafeFileHandle handle = tree.OpenFile(path);
        using FileStream file = new(handle, FileAccess.Read, bufferSize: 0);
        if (file.Length > LargestFile)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"/{path} has {file.Length} bytes: too many for a list of packages");
        }

        byte[] bytes = new byte[file.Length];
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>The files of a folder, by name; none where there is no such folder.</summary>
    public IEnumerable<string> Files(string folder) => tree.Find(folder) is { Status.IsDirectory: true }
        ? tree.List(folder, skipsUnreadable: true).Where(entry => entry.Status.IsRegular).Select(entry => entry.Path)
        : [];

    /// <summary>Every folder and file, folders before what is in them; symlinks are not followed.</summary>
    public IEnumerable<SourceEntry> Walk(CancellationToken cancellationToken)
    {
        Stack<string> open = new(["."]);
        while (open.TryPop(out string? folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (SourceEntry entry in tree.List(folder, skipsUnreadable: true))
            {
                yield return entry;
                if (entry.Status.IsDirectory)
                {
                    open.Push(entry.Path);
                }
            }
        }
    }
}
