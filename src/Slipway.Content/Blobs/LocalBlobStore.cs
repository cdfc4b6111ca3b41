using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Content.Blobs.Packs;
using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

/// <summary>
/// Blobs on the local disk. One of more than 64 KiB is a read-only file of its own, so that it can be hard-linked where it is needed;
/// smaller ones share append-only segments, so that a million of them cost neither a million inodes nor a million syncs. The layout is
/// docs/format.md's. One process at a time has a store open.
/// </summary>
public sealed partial class LocalBlobStore : IBlobStore, IAsyncDisposable
{
    private const long SegmentSize = 128L << 20;
    private const int SyncOneByOne = 16;
    private const int FullSegmentsBeforeFlush = 3;

    private readonly StoreDirectory _directory;
    private readonly LooseBlobs _loose;
    private readonly ComposedBlobs _composed;
    private readonly HashStates _states;
    private readonly WholeFiles _whole;
    private readonly CheckedFiles? _checked;
    private readonly PackStore _packs;
    private readonly FlushRounds _rounds;
    private readonly SemaphoreSlim _compacting = new(1, 1);
    private volatile SlipwayException? _failure;
    private int _disposed;

    private LocalBlobStore(StoreDirectory directory, PackStore packs, TimeProvider? time, RecoveryReport recovered)
    {
        _checked = time is null ? null : new CheckedFiles(time);
        _directory = directory;
        _loose = new LooseBlobs(directory);
        _packs = packs;
        _composed = ComposedBlobs.Open(directory);
        _states = new HashStates(directory.States, directory.Disk);
        _whole = WholeFiles.Open(directory.Whole, directory.Disk, WholeFiles.BoundFor(directory.Root));
        Forget(_composed.Abandoned());
        _rounds = new FlushRounds(Flush);
        Recovered = recovered;
    }

    /// <summary>What opening the store found and mended.</summary>
    public RecoveryReport Recovered { get; }

    /// <summary>Who keeps the collection off blobs that no row names yet. Everything put or found here is noted there.</summary>
    public BlobLeases Leases { get; } = new();

    /// <summary>What was removed from all history, and is not taken again.</summary>
    public PurgedBlobs Purged { get; } = new();

    /// <summary>As the form with a clock; but each copy of a blob is digested, however often it was.</summary>
    public static ValueTask<LocalBlobStore> OpenAsync(string directory, CancellationToken cancellationToken) =>
        OpenAsync(directory, SegmentSize, cancellationToken);

    /// <summary>Opens the store in <paramref name="directory"/>, making it where it is absent and mending what a crash left.</summary>
    /// <param name="time">Tells which files were digested lately, and need not be again when they are copied.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.FailedPrecondition"/>: another process has it open, or a newer slipway wrote it; <see cref="ErrorKind.OutOfSpace"/>.
    /// </exception>
    public static ValueTask<LocalBlobStore> OpenAsync(string directory, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(directory, SegmentSize, cancellationToken, time: time);

    /// <inheritdoc/>
    public ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken) =>
        TakeAsync(content, expected, similar: null, cancellationToken);

    private async ValueTask<BlobInfo> TakeAsync(Stream content, Digest? expected, Digest? similar, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        byte[] head = ArrayPool<byte>.Shared.Rent(PackFormat.LargestBlob + 1);
        try
        {
            int length = await content.ReadAtLeastAsync(
                head.AsMemory(0, PackFormat.LargestBlob + 1), PackFormat.LargestBlob + 1, throwOnEndOfStream: false, cancellationToken);
            if (length > PackFormat.LargestBlob)
            {
                return await PutLargeAsync(head.AsMemory(0, length), content, expected, similar, cancellationToken);
            }

            Digest digest = Digest.Of(head.AsSpan(0, length));
            ThrowIfUnexpected(digest, expected);
            await AnnounceAsync(digest, cancellationToken);
            return await PutSmallAsync(digest, head.AsMemory(0, length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        Digest digest = Digest.Of(content.Span);
        await AnnounceAsync(digest, cancellationToken);
        if (content.Length <= PackFormat.LargestBlob)
        {
            return await PutSmallAsync(digest, content, cancellationToken);
        }

        BlobInfo blob = new(digest, content.Length);
        Arrive(digest, () =>
        {
            if (_loose.FindSize(digest) is null)
            {
                PutLarge(blob, content.Span);
            }
        });
        return blob;
    }

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        return await new Adoption(this, path).RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Leases.TouchAsync(digest, cancellationToken);
        return FindSize(digest) is { } size ? new BlobInfo(digest, size) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        List<Digest> missing = [];
        foreach (Digest digest in digests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Leases.TouchAsync(digest, cancellationToken);
            if (FindSize(digest) is null)
            {
                missing.Add(digest);
            }
        }

        return missing;
    }

    /// <inheritdoc/>
    public ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        return new(_composed.IsHidden(digest) ? throw Missing(digest) : OpenStored(digest));
    }

    /// <summary>Opens a blob, or what is hidden under its digest.</summary>
    private Stream OpenStored(Digest digest)
    {
        if (_packs.TryRead(digest) is { } content)
        {
            return new MemoryStream(content, writable: false);
        }

        return _loose.TryOpen(digest, out _) is { } file ? new VerifyingStream(file, digest, RandomAccess.GetLength(file))
            : _composed.Find(digest) is { } recipe ? new ComposedStream(digest, recipe, OpenStored, openUnchecked: OpenUnchecked)
            : throw Missing(digest);
    }

    /// <summary>As <see cref="OpenStored"/>, for a part of what is checked as a whole: to digest it too would be to digest it twice.</summary>
    private Stream OpenUnchecked(Digest digest) =>
        _loose.TryOpen(digest, out _) is { } file ? new FileStream(file, FileAccess.Read, bufferSize: 0) : OpenStored(digest);

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        await _rounds.JoinAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Flushes and closes the store, so that the next process opens it without mending anything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            if (_failure is null)
            {
                await _rounds.JoinAsync();
                if (_whole.HasUnsynced)
                {
                    _directory.SyncAll();
                }

                _directory.MarkClean();
            }
        }
        finally
        {
            _packs.Dispose();
            _directory.Dispose();
            _compacting.Dispose();
        }
    }

    /// <param name="watch">Hears of each change to the store's files before it is made.</param>
    internal static async ValueTask<LocalBlobStore> OpenAsync(
        string directory, long segmentSize, CancellationToken cancellationToken, Action<DiskChange>? watch = null, TimeProvider? time = null)
    {
        directory = Path.GetFullPath(directory);
        try
        {
            // Reading the last segment takes a moment where it is long.
            return await Task.Run(() => Open(directory, segmentSize, new StoreDisk(watch), time), cancellationToken);
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, directory);
        }
    }

    private static LocalBlobStore Open(string path, long segmentSize, StoreDisk disk, TimeProvider? time)
    {
        StoreDirectory directory = StoreDirectory.Open(path, disk);
        try
        {
            RecoveryTally tally = new();
            int leftovers = directory.EmptyTemporary();
            return new(directory, PackStore.Open(disk, directory.Packs, segmentSize, tally), time, tally.Report(leftovers));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static void ThrowIfUnexpected(Digest actual, Digest? expected)
    {
        if (expected is { } wanted && wanted != actual)
        {
            throw new SlipwayException(
                ErrorKind.Corrupt,
                $"the content that came is {actual}, but {wanted} was expected",
                "It was cut short or changed on its way: send it again.");
        }
    }

    private SlipwayException Missing(Digest digest) => PurgedBlobs.Missing(digest, Purged.Find(digest));

    private long? FindSize(Digest digest)
    {
        ThrowIfClosed();
        return _composed.IsHidden(digest) ? null : _packs.FindSize(digest) ?? _loose.FindSize(digest) ?? _composed.Find(digest)?.Size;
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_disposed != 0, this);

    private void ThrowIfUnusable()
    {
        ThrowIfClosed();
        if (_failure is { } failure)
        {
            throw new SlipwayException(failure.Kind, failure.Message, failure.Hint, failure);
        }
    }

    private async ValueTask<BlobInfo> PutSmallAsync(Digest digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            Arrive(digest, () => _packs.Put(digest, content.Span));
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }

        if (_packs.FullSegments > FullSegmentsBeforeFlush)
        {
            await FlushAsync(cancellationToken);
        }

        return new BlobInfo(digest, content.Length);
    }

    private async ValueTask<BlobInfo> PutLargeAsync(
        ReadOnlyMemory<byte> head, Stream rest, Digest? expected, Digest? similar, CancellationToken cancellationToken)
    {
        try
        {
            if (expected is { } known)
            {
                await AnnounceAsync(known, cancellationToken);
            }

            if (expected is { } wanted && _loose.FindSize(wanted) is not null && !_composed.IsHidden(wanted))
            {
                (BlobInfo present, _) = await ContentPipe.RunAsync(head, rest, target: null, cancellationToken);
                ThrowIfUnexpected(present.Digest, expected);
                return present;
            }

            using TemporaryFile file = TemporaryFile.Create(_directory.Disk, _directory.Temporary);
            (BlobInfo blob, HashState? state) = await ContentPipe.RunAsync(head, rest, file, cancellationToken);
            ThrowIfUnexpected(blob.Digest, expected);
            await AnnounceAsync(blob.Digest, cancellationToken);
            await KeepAsync(blob, file, similar, cancellationToken);
            KeepState(blob, state);
            _checked?.Add(blob.Digest, Libc.Status(file.Handle));
            return blob;
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
    }

    private void PutLarge(BlobInfo blob, ReadOnlySpan<byte> content)
    {
        try
        {
            using TemporaryFile file = TemporaryFile.Create(_directory.Disk, _directory.Temporary);
            file.Write(content, 0);
            Stage(blob, file);
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
    }

    /// <summary>Keeps a received blob: shared with the version before where that saves much, else whole.</summary>
    private async ValueTask KeepAsync(BlobInfo blob, TemporaryFile file, Digest? similar, CancellationToken cancellationToken, long knownPrefix = 0)
    {
        if (!await TryShareAsync(blob, file, similar, knownPrefix, cancellationToken))
        {
            Stage(blob, file);
        }
    }

    private void Stage(BlobInfo blob, TemporaryFile file)
    {
        file.MakeReadOnly();
        Arrive(blob.Digest, () =>
        {
            if (_loose.TryStage(blob, file.FullPath))
            {
                file.Keep();
            }
        });
    }

    private void KeepState(BlobInfo blob, HashState? state)
    {
        if (blob.Size >= LargeSize)
        {
            _states.Keep(blob.Digest, state);
        }
    }

    /// <summary>
    /// Stores a blob that is put, if it is not there. One that was deleted while another needs its bytes is there, but may be on its way out with the other:
    /// then it is looked for, kept and shown before or after that, never in between. Of any other, the announcement keeps deletions away.
    /// </summary>
    private void Arrive(Digest digest, Action store)
    {
        if (!_composed.IsHidden(digest))
        {
            store();
            return;
        }

        lock (_sharing)
        {
            store();
            _composed.Show(digest);
        }
    }
}
