using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <inheritdoc/>
    public async ValueTask CopyToAsync(Digest digest, SafeFileHandle target, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        if (_composed.IsHidden(digest))
        {
            throw Missing(digest);
        }

        try
        {
            if (_packs.TryRead(digest) is { } content)
            {
                BlobFile.Fill(target, content);
            }
            else if (_loose.TryOpen(digest, out _) is { } loose)
            {
                using SafeFileHandle source = loose;
                await CopyLooseAsync(digest, source, target, cancellationToken);
            }
            else
            {
                await using Stream composed = OpenStored(digest);
                await FileFill.RunAsync(composed, target, cancellationToken);
            }
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, "the target");
        }
    }

    /// <summary>A file that was digested lately is copied inside the kernel; another one is digested on the way.</summary>
    private async ValueTask CopyLooseAsync(Digest digest, SafeFileHandle source, SafeFileHandle target, CancellationToken cancellationToken)
    {
        FileStatus status = Libc.Status(source);
        if (_checked?.Has(digest, status) == true)
        {
            BlobFile.Copy(source, target, cancellationToken);
            return;
        }

        // It disposes the file, and so does the caller, which is once too often and nothing.
        await using VerifyingStream content = new(source, digest, status.Size, verified: () => _checked?.Add(digest, status));
        await FileFill.RunAsync(content, target, cancellationToken);
    }
}
