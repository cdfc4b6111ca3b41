using System.Buffers.Binary;
using Slipway.Content;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>What the index knows of one folder: its tree, and its entries in order, read one after the other.</summary>
internal sealed class IndexedFolder(ReadOnlyMemory<byte> body)
{
    private int _at;
    private int _left = BinaryPrimitives.ReadInt32LittleEndian(body.Span[(Digest.Size + 8)..]);
    private int _next = ScanIndexFormat.BodyHeadSize;

    public ReadOnlyMemory<byte> Body => body;

    public Digest Tree => new(body.Span[..Digest.Size]);

    public long Size => BinaryPrimitives.ReadInt64LittleEndian(body.Span[Digest.Size..]);

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(body.Span[(Digest.Size + 8)..]);

    /// <summary>The current entry's name.</summary>
    public ReadOnlySpan<byte> Name => body.Span.Slice(_at + 1, body.Span[_at]);

    private ReadOnlySpan<byte> Rest => body.Span[(_at + 1 + body.Span[_at])..];

    /// <summary>Whether the current entry is a directory.</summary>
    public bool IsDirectory => Rest[0] == (byte)ScannedKind.Directory;

    /// <summary>The digest of the current entry.</summary>
    public Digest Digest => new(Rest.Slice(33, Digest.Size));

    /// <summary>The current entry's size: of a link, its target's.</summary>
    public long EntrySize => BinaryPrimitives.ReadInt64LittleEndian(Rest[1..]);

    /// <summary>True where the current entry is the very file that was read then, unchanged since.</summary>
    public bool IsSame(in ScannedEntry entry)
    {
        ReadOnlySpan<byte> rest = Rest;
        return rest[0] == (byte)entry.Kind
            && (entry.Kind == ScannedKind.Symlink || BinaryPrimitives.ReadInt64LittleEndian(rest[1..]) == entry.Size)
            && BinaryPrimitives.ReadInt64LittleEndian(rest[9..]) == entry.ModifiedNanoseconds
            && BinaryPrimitives.ReadInt64LittleEndian(rest[17..]) == entry.ChangedNanoseconds
            && BinaryPrimitives.ReadUInt64LittleEndian(rest[25..]) == entry.Inode;
    }

    /// <summary>Goes to the next entry; false after the last.</summary>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        _at = _next;
        _next += ScanIndexFormat.EntrySize + body.Span[_at];
        return true;
    }
}
