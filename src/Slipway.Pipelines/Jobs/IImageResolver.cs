using Slipway.Content;
using Slipway.Pipelines.Definitions;

namespace Slipway.Pipelines.Jobs;

/// <summary>Finds images for pipelines; the daemon gives it, over the image store.</summary>
public interface IImageResolver
{
    /// <summary>What a name stands for now.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: there is no such image; the hint says how to get it.</exception>
    ValueTask<PipelineImage> ResolveAsync(string image, CancellationToken cancellationToken);
}
