using System.Collections.Concurrent;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Verification;

/// <summary>Reads many blobs again, several at a time, and remembers which are damaged.</summary>
internal sealed class BlobRound(LocalBlobStore blobs, IProgress<VerificationStep>? progress)
{
    private const int Side = 4;

    private readonly ConcurrentDictionary<Digest, BlobHealth> _damaged = new();
    private readonly ConcurrentDictionary<Digest, bool> _purged = new();
    private readonly PrefixSet _seen = new();
    private readonly Lock _lock = new();
    private long _count;
    private long _bytes;

    /// <summary>How many blobs were read.</summary>
    public long Blobs => _count;

    /// <summary>Their bytes.</summary>
    public long Bytes => _bytes;

    /// <summary>How many are not there because they were purged.</summary>
    public int Purged => _purged.Count;

    /// <summary>Those that are not whole.</summary>
    public IReadOnlyDictionary<Digest, BlobHealth> Damaged => _damaged;

    /// <summary>True for a blob that was read.</summary>
    public bool Seen(Digest digest)
    {
        lock (_lock)
        {
            return _seen.Contains(digest);
        }
    }

    /// <summary>Notes a blob that could not be read elsewhere.</summary>
    public void Note(Digest digest, SlipwayException failure) => Note(digest, failure.Kind == ErrorKind.NotFound ? BlobHealth.Missing : BlobHealth.Corrupt);

    /// <summary>Notes what a check of a blob came to.</summary>
    public void Note(Digest digest, BlobHealth health)
    {
        if (health == BlobHealth.Missing && blobs.Purged.Find(digest) is not null)
        {
            _purged.TryAdd(digest, true);
        }
        else if (health != BlobHealth.Healthy)
        {
            _damaged.TryAdd(digest, health);
        }
    }

    /// <summary>Reads them all; one that comes twice is read once.</summary>
    public Task VerifyAsync(IAsyncEnumerable<BlobInfo> all, CancellationToken cancellationToken, IBlobStore? store = null)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = Math.Min(Side, Environment.ProcessorCount), CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(all, options, async (blob, token) =>
        {
            lock (_lock)
            {
                if (!_seen.Add(blob.Digest))
                {
                    return;
                }
            }

            Note(blob.Digest, await (store ?? blobs).VerifyAsync(blob.Digest, token));
            Interlocked.Add(ref _bytes, blob.Size);
            if (Interlocked.Increment(ref _count) % 1000 == 0 || blob.Size > 100 << 20)
            {
                progress?.Report(new("bytes read again", _bytes));
            }
        });
    }
}
