using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Loose;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <inheritdoc/>
    public ValueTask<Stream> OpenTrustingAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (_checked is null || _composed.IsHidden(digest))
        {
            return OpenAsync(digest, cancellationToken);
        }

        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        if (_loose.TryOpen(digest, out _) is { } file)
        {
            FileStatus status = Libc.Status(file);
            return new(_checked.Has(digest, status)
                ? new FileStream(file, FileAccess.Read, bufferSize: 0)
                : new VerifyingStream(file, digest, status.Size, verified: () => _checked.Add(digest, status)));
        }

        return _composed.Find(digest) is { } recipe && recipe.Parts.All(part => IsTrusted(part.Source))
            ? new(new ComposedStream(digest, recipe, OpenUnchecked, isChecked: false))
            : OpenAsync(digest, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<SafeFileHandle?> TryOpenFileAsync(Digest digest, bool verify, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        if (_composed.IsHidden(digest) || _loose.TryOpen(digest, out _) is not { } file)
        {
            return null;
        }

        try
        {
            FileStatus status = Libc.Status(file);
            if (verify && _checked?.Has(digest, status) != true)
            {
                // The very file, whatever has its name by now.
                SafeFileHandle same = Libc.Open($"/proc/self/fd/{file.DangerousGetHandle()}", OpenFlags.ReadOnly);
                await using VerifyingStream content = new(same, digest, status.Size, verified: () => _checked?.Add(digest, status));
                await content.CopyToAsync(Stream.Null, cancellationToken);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a source of a composed blob was digested lately, or is digested by each reading, being small.</summary>
    private bool IsTrusted(Digest source)
    {
        using SafeFileHandle? file = _loose.TryOpen(source, out _);
        return file is null ? _packs.FindSize(source) is not null : _checked!.Has(source, Libc.Status(file));
    }
}
