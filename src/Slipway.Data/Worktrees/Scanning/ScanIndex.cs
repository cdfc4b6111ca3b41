using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// What was found in a folder of the file system when it was last read, so that a file which has not changed since need not be read again. A cache
/// (see <see cref="ScanIndexFormat"/>); safe to read from many threads.
/// </summary>
internal sealed class ScanIndex : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly Dictionary<string, (long Offset, int Length)> _folders;

    private ScanIndex(SafeFileHandle? file, Dictionary<string, (long Offset, int Length)> folders) => (_file, _folders) = (file, folders);

    /// <summary>Opens an index; one that is absent, damaged or of another version knows nothing.</summary>
    public static ScanIndex Open(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            if (ReadTable(file) is { } folders)
            {
                return new ScanIndex(file, folders);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // No index: everything is read.
        }

        file?.Dispose();
        return new ScanIndex(null, []);
    }

    /// <summary>What is known of a folder, by its path from the scanned one; null where nothing is, or it is damaged.</summary>
    public IndexedFolder? Find(string path)
    {
        if (_file is null || !_folders.TryGetValue(path, out (long Offset, int Length) place))
        {
            return null;
        }

        return ScanIndexFormat.ReadBlock(_file, place.Offset, place.Length) is { } head ? new IndexedFolder(_file, head) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static Dictionary<string, (long Offset, int Length)>? ReadTable(SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        byte[] magic = new byte[ScanIndexFormat.Magic.Length];
        byte[] end = new byte[8];
        if (length < magic.Length + end.Length || RandomAccess.Read(file, magic, 0) != magic.Length || !magic.AsSpan().SequenceEqual(ScanIndexFormat.Magic)
            || RandomAccess.Read(file, end, length - end.Length) != end.Length)
        {
            return null;
        }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(end);
        long size = length - end.Length - offset;
        if (offset < magic.Length || size < ScanIndexFormat.SumSize + 4 || size > int.MaxValue)
        {
            return null;
        }

        if (ScanIndexFormat.ReadBlock(file, offset, (int)size) is not { } table)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = table;
        int count = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        if (count > table.Length)
        {
            return null;
        }

        Dictionary<string, (long Offset, int Length)> folders = new(count);
        for (int i = 0; i < count; i++)
        {
            int name = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            string path = Encoding.UTF8.GetString(rest.Slice(2, name));
            rest = rest[(2 + name)..];
            (long Start, int Size) place = (BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[8..]));
            rest = rest[12..];
            if (place.Start < magic.Length || place.Size < ScanIndexFormat.SumSize || place.Start > offset - place.Size)
            {
                return null;
            }

            folders[path] = place;
        }

        return folders;
    }
}
