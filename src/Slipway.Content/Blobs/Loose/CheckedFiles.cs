using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>
/// Which files of blobs this process has digested lately, so that copying one need not digest it again: for an hour, and as long as the file is the same and was
/// not written to. Each blob has one of <see cref="Slots"/> places by its digest and drives out what stood there. Safe for threads.
/// </summary>
internal sealed class CheckedFiles(TimeProvider time)
{
    /// <summary>So many files are remembered, 64 bytes each.</summary>
    public const int Slots = 1 << 15;

    /// <summary>How long a check counts. A disk that loses bits unseen is caught by the next one, and by <c>slipway verify</c>.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Entry[] _entries = new Entry[Slots];

    /// <summary>The file was just read or written as a whole, and has the blob's digest.</summary>
    public void Add(Digest digest, in FileStatus file)
    {
        lock (_lock)
        {
            _entries[PlaceOf(digest)] = Describe(digest, file) with { CheckedAt = time.GetTimestamp() };
        }
    }

    /// <summary>Whether the file need not be digested again to be believed.</summary>
    public bool Has(Digest digest, in FileStatus file)
    {
        lock (_lock)
        {
            Entry entry = _entries[PlaceOf(digest)];
            return entry == Describe(digest, file) with { CheckedAt = entry.CheckedAt } && time.GetElapsedTime(entry.CheckedAt) < Lasts;
        }
    }

    private static int PlaceOf(Digest digest) => (int)((uint)digest.GetHashCode() % Slots);

    // Links and names may come and go: they change a file's time of change, but not of modification.
    private static Entry Describe(Digest digest, in FileStatus file) =>
        new(digest, file.Inode, file.Size, (file.ModifiedSeconds * 1_000_000_000) + file.ModifiedNanoseconds, 0);

    private readonly record struct Entry(Digest Blob, ulong Inode, long Size, long ModifiedNanoseconds, long CheckedAt);
}
