using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>Files outside the store: new ones, made whole with their mode or not at all, and those that were handed over. The store's own pass through its disk.</summary>
internal static class BlobFile
{
    private const int OwnerOnly = 0x180; // 0600
    private const int CopyStep = 1 << 30;
    private const int BufferSize = 1 << 18;

    /// <summary>Makes a file of bytes that are in memory.</summary>
    public static void Write(ReadOnlySpan<byte> content, string path, UnixFileMode mode)
    {
        using SafeFileHandle target = Create(path);
        try
        {
            RandomAccess.Write(target, content, 0);
            Libc.Fchmod(target, (int)mode, path);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Makes a file of another file's bytes: inside the kernel where it can, else by reading and writing.</summary>
    public static void Copy(SafeFileHandle source, string path, UnixFileMode mode, CancellationToken cancellationToken)
    {
        using SafeFileHandle target = Create(path);
        try
        {
            Copy(source, target, cancellationToken);
            Libc.Fchmod(target, (int)mode, path);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>As the form with a path, into an empty file that is open. Holes stay holes.</summary>
    public static void Copy(SafeFileHandle source, SafeFileHandle target, CancellationToken cancellationToken)
    {
        long length = RandomAccess.GetLength(source);
        long position = 0;
        while (position < length && Libc.NextData(source, position) is (long start, long end))
        {
            CopyRange(source, target, start, end, cancellationToken);
            position = end;
        }

        if (RandomAccess.GetLength(target) < length)
        {
            RandomAccess.SetLength(target, length);
        }
    }

    /// <summary>Fills an empty file that is open with bytes that are in memory.</summary>
    public static void Fill(SafeFileHandle target, ReadOnlySpan<byte> content) => RandomAccess.Write(target, content, 0);

    /// <summary>Removes a file that was taken over, or could not be made whole; an absent one is ignored.</summary>
    public static void Remove(string path) => File.Delete(path);

    private static void CopyRange(SafeFileHandle source, SafeFileHandle target, long position, long end, CancellationToken cancellationToken)
    {
        long copied;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            copied = Libc.CopyFileRange(source, position, target, position, Math.Min(CopyStep, end - position));
            if (copied < 0)
            {
                CopyByHand(source, target, position, end, cancellationToken);
                return;
            }

            position += copied;
        }
        while (copied > 0 && position < end);
    }

    private static SafeFileHandle Create(string path) =>
        Libc.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, OwnerOnly);

    private static void CopyByHand(SafeFileHandle source, SafeFileHandle target, long position, long end, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        int count;
        while ((count = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)), position)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RandomAccess.Write(target, buffer.AsSpan(0, count), position);
            position += count;
        }
    }
}
