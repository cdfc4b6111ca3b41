using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Sealed;

/// <summary>
/// The blobs of one encrypted project, sealed in the store that all projects share. A blob's identity stays the digest of its plain bytes; the
/// store below knows only the digest of the sealed ones, and an index in the metadata leads from one to the other. A blob is found once its
/// index row is known and is durable once a flush has written that row, after the blob: what a crash leaves between the two is garbage.
/// </summary>
public sealed class SealedBlobStore(IBlobStore inner, IMetadataStore metadata, ProjectKeys keys) : IBlobStore
{
    private const int CopyBuffer = 256 * 1024;

    private readonly SealedIndex _index = new(metadata, keys);

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SealedFormat.SaltSize);
        await using SealingStream sealing = new(content, keys.Newest, salt);
        BlobInfo written = await inner.PutAsync(sealing, expected: null, cancellationToken);
        Digest plain = sealing.TakeDigest();
        if (expected is { } wanted && wanted != plain)
        {
            await inner.DeleteAsync([written.Digest], cancellationToken);
            throw new SlipwayException(
                ErrorKind.Corrupt, $"the content that came is {plain}, but {wanted} was expected", "It was cut short or changed on its way: send it again.");
        }

        try
        {
            await inner.NoteAsync(plain, isTaken: true, cancellationToken);
        }
        catch (SlipwayException)
        {
            await inner.DeleteAsync([written.Digest], cancellationToken);
            throw;
        }

        if (await FindRowAsync(plain, cancellationToken) is not null)
        {
            // The salt is fresh, so nobody else has put these very bytes.
            await inner.DeleteAsync([written.Digest], cancellationToken);
        }
        else
        {
            _index.Add(new SealedRow(plain, written.Digest, sealing.Size, salt));
        }

        return new BlobInfo(plain, sealing.Size);
    }

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Digest plain = Digest.Of(content.Span);
        await inner.NoteAsync(plain, isTaken: true, cancellationToken);
        if (await FindRowAsync(plain, cancellationToken) is null)
        {
            byte[] salt = RandomNumberGenerator.GetBytes(SealedFormat.SaltSize);
            await using SealingStream sealing = new(Readable(content), keys.Newest, salt);
            byte[] bytes = new byte[SealedFormat.LengthOf(content.Length)];
            await sealing.ReadExactlyAsync(bytes, cancellationToken);
            BlobInfo written = await inner.PutAsync(bytes, cancellationToken);
            _index.Add(new SealedRow(plain, written.Digest, content.Length, salt));
        }

        return new BlobInfo(plain, content.Length);
    }

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken)
    {
        SafeFileHandle file;
        try
        {
            file = Libc.Open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock);
        }
        catch (LinuxException error) when (error.Errno is Errno.ELOOP or Errno.ENXIO)
        {
            throw NotRegular(path, error);
        }
        catch (LinuxException error)
        {
            throw DiskFailure.Translate(error, path);
        }

        BlobInfo blob;
        using (file)
        {
            using FileStream content = Libc.Status(file, path).IsRegular ? new(file, FileAccess.Read, bufferSize: 0) : throw NotRegular(path, null);
            blob = await PutAsync(content, expected: null, cancellationToken);
        }

        BlobFile.Remove(path);
        return blob;
    }

    /// <inheritdoc/>
    public async ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken)
    {
        await inner.NoteAsync(digest, isTaken: false, cancellationToken);
        return await FindRowAsync(digest, cancellationToken) is { } row ? new BlobInfo(digest, row.Size) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken)
    {
        SealedRow row = await _index.FindAsync(digest, cancellationToken) ?? throw Missing(digest);
        return OpeningStream.Open(await inner.OpenAsync(row.Sealed, cancellationToken), row, keys);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        List<Digest> missing = [];
        foreach (Digest digest in digests)
        {
            await inner.NoteAsync(digest, isTaken: false, cancellationToken);
            if (await FindRowAsync(digest, cancellationToken) is null)
            {
                missing.Add(digest);
            }
        }

        return missing;
    }

    /// <inheritdoc/>
    public async ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken)
    {
        await using Stream content = await OpenAsync(digest, cancellationToken);
        FileStream? file = null;
        try
        {
            file = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            await content.CopyToAsync(file, CopyBuffer, cancellationToken);
            File.SetUnixFileMode(file.SafeFileHandle, mode);
        }
        catch (IOException error) when (file is null && File.Exists(path))
        {
            throw new SlipwayException(ErrorKind.AlreadyExists, $"{path} exists already; a blob is never written over a file", innerException: error);
        }
        catch (DirectoryNotFoundException error)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"blob {digest} cannot be put at {path}: its directory does not exist", innerException: error);
        }
        catch (Exception error)
        {
            if (file is not null)
            {
                BlobFile.Remove(path);
            }

            if (DiskFailure.IsKnown(error))
            {
                throw DiskFailure.Translate(error, Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
            }

            throw;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (SealedRow row in _index.ListAsync(cancellationToken))
        {
            yield return new BlobInfo(row.Plain, row.Size);
        }
    }

    /// <summary>What every blob is called here and, sealed, in the store below.</summary>
    public async IAsyncEnumerable<(Digest Plain, Digest Sealed)> ListNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (SealedRow row in _index.ListAsync(cancellationToken))
        {
            yield return (row.Plain, row.Sealed);
        }
    }

    /// <summary>A key for a row about a blob of this project, in any table: the project, and a name that tells nothing of the digest.</summary>
    public string KeyOf(Digest plain) => SealedRow.KeyOf(keys, plain);

    /// <summary>What a blob is called, sealed, in the store below; null where it is not here.</summary>
    public async ValueTask<Digest?> FindSealedAsync(Digest plain, CancellationToken cancellationToken) =>
        (await _index.FindAsync(plain, cancellationToken))?.Sealed;

    /// <inheritdoc/>
    public async ValueTask<BlobHealth> VerifyAsync(Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream content = await OpenAsync(digest, cancellationToken);
            await content.CopyToAsync(Stream.Null, CopyBuffer, cancellationToken);
            return BlobHealth.Healthy;
        }
        catch (SlipwayException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return BlobHealth.Missing;
        }
        catch (Exception failure) when (failure is IOException || failure is SlipwayException { Kind: ErrorKind.Corrupt })
        {
            return BlobHealth.Corrupt;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        List<SealedRow> rows = [];
        foreach (Digest digest in digests)
        {
            if (await _index.FindAsync(digest, cancellationToken) is { } row)
            {
                rows.Add(row);
            }
        }

        await _index.DeleteAsync(rows, cancellationToken);
        await inner.DeleteAsync([.. rows.Select(row => row.Sealed)], cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        SealedRow[] rows = _index.Waiting();
        await inner.FlushAsync(cancellationToken);
        await _index.WriteAsync(rows, cancellationToken);
    }

    private static MemoryStream Readable(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);

    private SlipwayException Missing(Digest digest) => PurgedBlobs.Missing(digest, inner.FindPurge(digest));

    private static SlipwayException NotRegular(string path, Exception? inner) =>
        new(ErrorKind.InvalidArgument, $"{path} is not a regular file, and only such a file can become a blob", innerException: inner);

    /// <summary>The row of a blob that is there; asking the store below notes it for the leases.</summary>
    private async ValueTask<SealedRow?> FindRowAsync(Digest digest, CancellationToken cancellationToken) =>
        await _index.FindAsync(digest, cancellationToken) is { } row && await inner.FindAsync(row.Sealed, cancellationToken) is not null ? row : null;
}
