using Slipway.Content;

namespace Slipway.Pipelines.Jobs;

/// <summary>Finds images for pipelines; the daemon gives it, over the image store.</summary>
public interface IImageResolver
{
    /// <summary>The digest of the manifest that a name stands for now.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: there is no such image; the hint says how to get it.</exception>
    ValueTask<Digest> ResolveAsync(string image, CancellationToken cancellationToken);
}
