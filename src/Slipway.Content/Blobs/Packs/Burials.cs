using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Blobs.Packs;

/// <summary>
/// Which blobs of a sealed segment are gone, kept in a small file beside it that only grows. An entry proves itself by a check over its
/// segment and digest, and what proves nothing is left out when the file is opened. A burial that a power cut undoes does no harm: nothing
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

    /// <summary>Reads the file at <paramref name="path"/>, which need not exist. What proves nothing in it, a crash or the disk left: it is written anew without.</summary>
    public static Burials Open(StoreDisk disk, string path, long number, RecoveryTally tally)
    {
        Burials burials = new(disk, path, number);
        if (File.Exists(path))
        {
            byte[] bytes = File.ReadAllBytes(path);
            burials.Load(bytes);
            if (CountWrong(bytes, number) > 0)
            {
                burials.WriteAnew();
                tally.Rebuilt();
            }
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
        WriteEntry(entry, digest);
        _disk.Write(_file, entry, _end);
        _end += EntrySize;
        _dead[digest] = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void WriteAnew()
    {
        byte[] bytes = new byte[_dead.Count * EntrySize];
        Span<byte> rest = bytes;
        foreach (Digest digest in _dead.Keys)
        {
            WriteEntry(rest, digest);
            rest = rest[EntrySize..];
        }

        string draft = _path + ".new";
        _disk.WriteFile(draft, bytes);
        _disk.Sync(draft);
        _disk.Rename(draft, _path);
        _end = bytes.Length;
    }

    private void WriteEntry(Span<byte> entry, Digest digest)
    {
        digest.CopyTo(entry);
        PackFormat.WriteBurial(entry[Digest.Size..], _number, 0, digest);
    }

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
