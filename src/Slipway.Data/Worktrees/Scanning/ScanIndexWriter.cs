using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// Writes a scan index page by page, folders in any order and from many threads; it takes the old one's place when it is complete. It is a cache: where
/// the disk will not have it, it is given up without a word, and the old one stays.
/// </summary>
internal sealed class ScanIndexWriter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly string _draft;
    private readonly List<(string Path, long Offset, int Length)> _folders = [];
    private SafeFileHandle? _file;
    private long _position;

    public ScanIndexWriter(string path)
    {
        _path = path;
        _draft = $"{path}.{Guid.NewGuid():n}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _file = File.OpenHandle(_draft, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return;
        }

        Write(ScanIndexFormat.Magic);
    }

    /// <summary>Begins a folder, whose entries come in their order.</summary>
    public Folder Begin(string path) => new(this, path);

    /// <summary>Adds a folder that has not changed; false where its pages are damaged, and nothing was added.</summary>
    public bool TryAdd(string path, IndexedFolder unchanged)
    {
        Folder folder = new(this, path);
        for (int page = 0; page < unchanged.Pages; page++)
        {
            if (unchanged.ReadPage(page) is not { } body)
            {
                return false;
            }

            folder.AddPage(body, BinaryPrimitives.ReadInt32LittleEndian(body));
        }

        folder.Complete(unchanged.Tree, unchanged.Size);
        return true;
    }

    /// <summary>Writes the table and lets the index take its place. It is a cache, so nothing is synced.</summary>
    public void Complete()
    {
        ArrayBufferWriter<byte> table = new();
        BinaryPrimitives.WriteInt32LittleEndian(table.GetSpan(4), _folders.Count);
        table.Advance(4);
        foreach ((string path, long offset, int length) in _folders)
        {
            int bytes = Encoding.UTF8.GetByteCount(path);
            Span<byte> row = table.GetSpan(2 + bytes);
            BinaryPrimitives.WriteUInt16LittleEndian(row, (ushort)bytes);
            Encoding.UTF8.GetBytes(path, row[2..]);
            table.Advance(2 + bytes);
            ScanIndexFormat.WritePlace(table, offset, length);
        }

        Span<byte> start = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(start, WriteBlock(table.WrittenSpan).Offset);
        Write(start);
        if (_file is not null)
        {
            _file.Dispose();
            File.Move(_draft, _path, overwrite: true);
        }
    }

    /// <summary>Forgets what was not completed.</summary>
    public void Dispose()
    {
        if (_file is not null)
        {
            _file.Dispose();
            _file = null;
            File.Delete(_draft);
        }
    }

    private (long Offset, int Length) WriteBlock(ReadOnlySpan<byte> body)
    {
        Span<byte> sum = stackalloc byte[ScanIndexFormat.SumSize];
        BinaryPrimitives.WriteUInt64LittleEndian(sum, ScanIndexFormat.SumOf(body));
        lock (_lock)
        {
            long offset = _position;
            Write(sum);
            Write(body);
            return (offset, sum.Length + body.Length);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (_file is not null)
            {
                RandomAccess.Write(_file, bytes, _position);
                _position += bytes.Length;
            }
        }
        catch (IOException)
        {
            // Most likely the disk is full; what is being scanned needs the room more.
            Dispose();
        }
    }

    /// <summary>One folder that is being written.</summary>
    internal sealed class Folder(ScanIndexWriter index, string path)
    {
        private readonly List<(long Offset, int Length)> _pages = [];
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private int _count;

        /// <summary>Adds the entries that follow.</summary>
        public void Add(ReadOnlySpan<ScannedEntry> entries)
        {
            while (!entries.IsEmpty)
            {
                int count = Math.Min(entries.Length, ScanIndexFormat.MostInPage);
                _buffer.ResetWrittenCount();
                ScanIndexFormat.WritePage(_buffer, entries[..count]);
                AddPage(_buffer.WrittenSpan, count);
                entries = entries[count..];
            }
        }

        /// <summary>Adds a page as it is.</summary>
        public void AddPage(ReadOnlySpan<byte> page, int count)
        {
            _pages.Add(index.WriteBlock(page));
            _count += count;
        }

        /// <summary>Ends the folder, of which its tree is known now.</summary>
        public void Complete(Digest tree, long size)
        {
            _buffer.ResetWrittenCount();
            ScanIndexFormat.WriteFolder(_buffer, tree, size, _count, _pages);
            (long offset, int length) = index.WriteBlock(_buffer.WrittenSpan);
            lock (index._lock)
            {
                index._folders.Add((path, offset, length));
            }
        }
    }
}
