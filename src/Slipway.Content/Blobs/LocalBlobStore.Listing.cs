using System.Runtime.CompilerServices;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        ThrowIfClosed();
        foreach (BlobInfo blob in _loose.List().Concat(_packs.List()).Where(blob => !_composed.IsHidden(blob.Digest)).Concat(_composed.List()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return blob;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BlobHealth> VerifyAsync(Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream content = await OpenAsync(digest, cancellationToken);
            await content.CopyToAsync(Stream.Null, 1 << 20, cancellationToken);
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
}
