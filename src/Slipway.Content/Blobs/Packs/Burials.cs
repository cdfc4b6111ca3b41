using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Blobs.Packs;

/// <summary>
/// Which blobs of a sealed segment are gone, kept in a small file beside it that only grows. An entry proves itself by a check over its
/// segment and digest, and a torn one at the end is overwritten by the next. A burial that a power cut undoes does no harm: nothing
/// refers to the blob, so the next collection buries it again.
/// </summary>
internal sealed class Burials : IDisposable
{
    private const int EntrySize = Digest.Size + PackFormat.BurialSize;

    private readonly StoreDisk _disk;
    private readonly string _path;
    private readonly long _number;
    private readonly ConcurrentDictionary<Digest, bool> _dead = new();
    private SafeFileHandle? _file;
    private long _end;

    private Burials(StoreDisk disk, string path, long number)
    {
        _disk = disk;
        _path = path;
        _number = number;
    }

    /// <summary>Reads the file at <paramref name="path"/>, which need not exist.</summary>
    public static Burials Open(StoreDisk disk, string path, long number)
    {
        Burials burials = new(disk, path, number);
        if (File.Exists(path))
        {
            burials.Load(File.ReadAllBytes(path));
        }

        return burials;
    }

    /// <summary>How many entries of a file prove nothing.</summary>
    public static int CountWrong(ReadOnlySpan<byte> bytes, long number)
    {
        int wrong = bytes.Length % EntrySize == 0 ? 0 : 1;
        for (; bytes.Length >= EntrySize; bytes = bytes[EntrySize..])
        {
            wrong += IsEntry(bytes, number) ? 0 : 1;
        }

        return wrong;
    }

    /// <summary>The blobs that are gone.</summary>
    public ICollection<Digest> Dead => _dead.Keys;

    public bool Contains(Digest digest) => _dead.ContainsKey(digest);

    /// <summary>Adds a blob. One caller at a time.</summary>
    public void Add(Digest digest)
    {
        _file ??= _disk.OpenOrCreate(_path);
        Span<byte> entry = stackalloc byte[EntrySize];
        digest.CopyTo(entry);
        PackFormat.WriteBurial(entry[Digest.Size..], _number, 0, digest);
        _disk.Write(_file, entry, _end);
        _end += EntrySize;
        _dead[digest] = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Load(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= EntrySize; bytes = bytes[EntrySize..])
        {
            if (IsEntry(bytes, _number))
            {
                _dead[new Digest(bytes[..Digest.Size])] = true;
            }

            _end += EntrySize;
        }
    }

    private static bool IsEntry(ReadOnlySpan<byte> bytes, long number)
    {
        Span<byte> expected = stackalloc byte[PackFormat.BurialSize];
        PackFormat.WriteBurial(expected, number, 0, new Digest(bytes[..Digest.Size]));
        return bytes[Digest.Size..EntrySize].SequenceEqual(expected);
    }
}
