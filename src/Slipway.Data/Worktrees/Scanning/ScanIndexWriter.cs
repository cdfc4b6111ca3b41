using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>Writes a scan index folder by folder, in any order and from many threads; it takes the old one's place when it is complete.</summary>
internal sealed class ScanIndexWriter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly string _draft;
    private readonly SafeFileHandle _file;
    private readonly List<(string Path, long Offset, int Length)> _folders = [];
    private long _position;

    public ScanIndexWriter(string path)
    {
        _path = path;
        _draft = $"{path}.{Guid.NewGuid():n}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = File.OpenHandle(_draft, FileMode.CreateNew, FileAccess.Write);
        Write(ScanIndexFormat.Magic);
    }

    /// <summary>Adds a folder.</summary>
    public void Add(string path, Digest tree, long size, ReadOnlySpan<ScannedEntry> entries)
    {
        ArrayBufferWriter<byte> body = new(ScanIndexFormat.BodyHeadSize + (entries.Length * (ScanIndexFormat.EntrySize + 24)));
        ScanIndexFormat.WriteBody(body, tree, size, entries);
        Add(path, body.WrittenMemory);
    }

    /// <summary>Adds a folder that has not changed.</summary>
    public void Add(string path, ReadOnlyMemory<byte> body)
    {
        Span<byte> sum = stackalloc byte[ScanIndexFormat.SumSize];
        BinaryPrimitives.WriteUInt64LittleEndian(sum, ScanIndexFormat.SumOf(body.Span));
        lock (_lock)
        {
            _folders.Add((path, _position, sum.Length + body.Length));
            Write(sum);
            Write(body.Span);
        }
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
            Span<byte> row = table.GetSpan(2 + bytes + 12);
            BinaryPrimitives.WriteUInt16LittleEndian(row, (ushort)bytes);
            Encoding.UTF8.GetBytes(path, row[2..]);
            BinaryPrimitives.WriteInt64LittleEndian(row[(2 + bytes)..], offset);
            BinaryPrimitives.WriteInt32LittleEndian(row[(2 + bytes + 8)..], length);
            table.Advance(2 + bytes + 12);
        }

        Span<byte> number = stackalloc byte[8];
        long start = _position;
        BinaryPrimitives.WriteUInt64LittleEndian(number, ScanIndexFormat.SumOf(table.WrittenSpan));
        Write(number);
        Write(table.WrittenSpan);
        BinaryPrimitives.WriteInt64LittleEndian(number, start);
        Write(number);
        _file.Dispose();
        File.Move(_draft, _path, overwrite: true);
    }

    /// <summary>Forgets what was not completed.</summary>
    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_draft);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, _position);
        _position += bytes.Length;
    }
}
