using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>What the index knows of one folder: its tree, and its entries in order, read one after the other and a page at a time.</summary>
/// <param name="head">The folder's record, as <see cref="ScanIndexFormat"/> has it, without its sum.</param>
internal sealed class IndexedFolder(SafeFileHandle file, ReadOnlyMemory<byte> head)
{
    private ReadOnlyMemory<byte> _page;
    private int _pagesRead;
    private int _at;
    private int _left;
    private int _next;

    public Digest Tree => new(head.Span[..Digest.Size]);

    public long Size => BinaryPrimitives.ReadInt64LittleEndian(head.Span[Digest.Size..]);

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(head.Span[(Digest.Size + 8)..]);

    /// <summary>How many pages its entries stand in.</summary>
    public int Pages => BinaryPrimitives.ReadInt32LittleEndian(head.Span[(Digest.Size + 12)..]);

    /// <summary>The current entry's name.</summary>
    public ReadOnlySpan<byte> Name => _page.Span.Slice(_at + 1, _page.Span[_at]);

    private ReadOnlySpan<byte> Rest => _page.Span[(_at + 1 + _page.Span[_at])..];

    /// <summary>Whether the current entry is a directory.</summary>
    public bool IsDirectory => Rest[0] == (byte)ScannedKind.Directory;

    /// <summary>The digest of the current entry.</summary>
    public Digest Digest => new(Rest.Slice(33, Digest.Size));

    /// <summary>The current entry's size: of a link, its target's.</summary>
    public long EntrySize => BinaryPrimitives.ReadInt64LittleEndian(Rest[1..]);

    /// <summary>The current entry, as it was found.</summary>
    public ScannedEntry Entry => new()
    {
        Name = Name.ToArray(),
        Kind = (ScannedKind)Rest[0],
        Size = EntrySize,
        ModifiedNanoseconds = BinaryPrimitives.ReadInt64LittleEndian(Rest[9..]),
        ChangedNanoseconds = BinaryPrimitives.ReadInt64LittleEndian(Rest[17..]),
        Inode = BinaryPrimitives.ReadUInt64LittleEndian(Rest[25..]),
        Digest = Digest,
    };

    /// <summary>The same folder, from its first entry.</summary>
    public IndexedFolder Again() => new(file, head);

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

    /// <summary>Goes to the next entry; false after the last, and where what follows is damaged.</summary>
    public bool MoveNext()
    {
        while (_left == 0)
        {
            if (_pagesRead == Pages || ReadPage(_pagesRead) is not { } page)
            {
                return false;
            }

            (_page, _pagesRead, _next) = (page, _pagesRead + 1, ScanIndexFormat.PageHeadSize);
            _left = BinaryPrimitives.ReadInt32LittleEndian(page);
        }

        _left--;
        _at = _next;
        _next += ScanIndexFormat.EntrySize + _page.Span[_at];
        return true;
    }

    /// <summary>The bytes of a page, without their sum; null where they are damaged.</summary>
    public byte[]? ReadPage(int number)
    {
        ReadOnlySpan<byte> place = head.Span[(ScanIndexFormat.FolderHeadSize + (number * ScanIndexFormat.PlaceSize))..];
        return ScanIndexFormat.ReadBlock(file, BinaryPrimitives.ReadInt64LittleEndian(place), BinaryPrimitives.ReadInt32LittleEndian(place[8..]));
    }
}
