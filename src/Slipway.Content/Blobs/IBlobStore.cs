using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs;

/// <summary>
/// Content-addressed bytes: image layers, data files, tree objects, logs. One store is shared by every room.
/// Implementations are checked by <c>BlobStoreSuite</c>. All members are safe to call from many threads at once.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// Stores everything that <paramref name="content"/> holds and returns its digest and length in bytes. The bytes are visible at once
    /// but durable only after <see cref="FlushAsync"/>. Storing the same bytes again costs no space.
    /// </summary>
    /// <param name="expected">Where given, bytes of another digest are refused and nothing is kept.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: not the expected digest; <see cref="ErrorKind.OutOfSpace"/>: the disk is full.</exception>
    ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken);

    /// <summary>
    /// As the form without <paramref name="similar"/>, for a new version of a file: where it shares much with the version before, only what is new is kept.
    /// </summary>
    /// <param name="similar">The version before. It need not be stored, nor be similar.</param>
    ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, Digest? similar, CancellationToken cancellationToken) =>
        PutAsync(content, expected, cancellationToken);

    /// <summary>As the stream form, for bytes that are in memory already (tree objects, configs, small files).</summary>
    ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the bytes of an open file, which stays where it is; without their passing through us where the store can do that. The handle's
    /// position does not count, and may move.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: the file was cut short meanwhile; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    async ValueTask<BlobInfo> PutFileAsync(SafeFileHandle file, CancellationToken cancellationToken)
    {
        // The stream shares the handle's life with the caller, who disposes it.
        FileStream content = new(file, FileAccess.Read, bufferSize: 0) { Position = 0 };
        return await PutAsync(content, expected: null, cancellationToken);
    }

    /// <summary>As the form without <paramref name="similar"/>, for a new version of a file, as the stream form that has it.</summary>
    ValueTask<BlobInfo> PutFileAsync(SafeFileHandle file, Digest? similar, CancellationToken cancellationToken) => PutFileAsync(file, cancellationToken);

    /// <summary>
    /// Stores the bytes of a blob followed by those of <paramref name="tail"/>. Where the blob is large, at the cost of the tail: the new blob shares
    /// its bytes.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no such blob; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    async ValueTask<BlobInfo> AppendAsync(Digest head, Stream tail, CancellationToken cancellationToken)
    {
        await using Stream begin = await OpenAsync(head, cancellationToken);
        await using JoinedStream whole = new(begin, tail);
        return await PutAsync(whole, expected: null, cancellationToken);
    }

    /// <summary>
    /// Stores the bytes of ranges of stored blobs, end to end. Where they are many, at the cost of reading them once for the digest: the new blob
    /// shares their bytes.
    /// </summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: no such blob; <see cref="ErrorKind.InvalidArgument"/>: a range is beyond its blob; <see cref="ErrorKind.OutOfSpace"/>.
    /// </exception>
    async ValueTask<BlobInfo> ComposeAsync(IReadOnlyList<BlobRange> ranges, CancellationToken cancellationToken)
    {
        foreach (BlobRange range in ranges)
        {
            if (await FindAsync(range.Digest, cancellationToken) is { } blob && (range.Offset < 0 || range.Length < 0 || range.Offset > blob.Size - range.Length))
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"blob {range.Digest} has {blob.Size} bytes, so no {range.Length} from {range.Offset} on");
            }
        }

        await using RangesStream whole = new(OpenAsync, [.. ranges.Where(range => range.Length > 0)]);
        return await PutAsync(whole, expected: null, cancellationToken);
    }

    /// <summary>
    /// Tells the store that somebody who keeps blobs in it under names of their own looks for the blob of that digest, or is about to take it: as a
    /// look or a put here would, it is noted for the leases and, where it is taken, refused where it was purged. Completes at once, unless a sweep
    /// is deleting just this blob.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: it is to be taken, and was purged.</exception>
    ValueTask NoteAsync(Digest digest, bool isTaken, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>What is known of a blob that was removed from all history on purpose; null for any other.</summary>
    PurgeMark? FindPurge(Digest digest) => null;

    /// <summary>
    /// Takes over the regular file at <paramref name="path"/> (same file system: by rename, no copy; else it is copied and removed).
    /// The file must not change any more and no one may hold it open for writing.
    /// </summary>
    ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken);

    /// <summary>The length of a stored blob, or null where it is not stored.</summary>
    ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a blob for reading from its start; seekable. Bytes read through to the end are verified: a mismatch throws at the last read.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Corrupt"/>.</exception>
    ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="OpenAsync"/>, for who trusts a check of the last hour: bytes that the store digested within it, and that nobody wrote to since, are not
    /// digested again.
    /// </summary>
    ValueTask<Stream> OpenTrustingAsync(Digest digest, CancellationToken cancellationToken) => OpenAsync(digest, cancellationToken);

    /// <summary>
    /// The file that holds exactly a blob's bytes, open for reading, for who hands it to the kernel; null where the store keeps the blob in another way, or not at all.
    /// The bytes stay readable as long as the handle, or what the kernel made of it, is open.
    /// </summary>
    /// <param name="verify">Whether bytes are digested first that the store has not digested within the last hour.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: the file holds other bytes.</exception>
    ValueTask<SafeFileHandle?> TryOpenFileAsync(Digest digest, bool verify, CancellationToken cancellationToken) => new((SafeFileHandle?)null);

    /// <summary>Which of <paramref name="digests"/> are not stored, in the order given.</summary>
    ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the blob appear as a regular read-only file at <paramref name="path"/>, which must not exist: by hard link where it is loose,
    /// shares the file system and <paramref name="mode"/> has no execute bit; else by an in-kernel or plain copy with that mode.
    /// </summary>
    /// <param name="mode">Permission bits of the file, for example 0444 or 0555 (octal).</param>
    ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a blob's bytes into an empty file: inside the kernel, by reference where the file system can, where the store has no reason to doubt them; else they are
    /// verified on the way. Nothing is synced.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Corrupt"/>: the file may hold wrong bytes; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    async ValueTask CopyToAsync(Digest digest, SafeFileHandle target, CancellationToken cancellationToken)
    {
        await using Stream content = await OpenAsync(digest, cancellationToken);
        await FileFill.RunAsync(content, target, cancellationToken);
    }

    /// <summary>
    /// Every stored blob, in no order that a caller may rely on. One that is put or removed meanwhile may be missing; one may come twice.
    /// </summary>
    IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken);

    /// <summary>Reads all bytes of a blob again and compares them with its digest.</summary>
    ValueTask<BlobHealth> VerifyAsync(Digest digest, CancellationToken cancellationToken);

    /// <summary>Removes blobs. Absent ones are ignored. The caller has proved that nothing refers to them.</summary>
    ValueTask DeleteAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken);

    /// <summary>Returns once everything put before the call survives a power cut. Concurrent calls share one round of syncs.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}

/// <summary>A stored blob: its digest and its length in bytes.</summary>
public readonly record struct BlobInfo(Digest Digest, long Size);
