using Slipway.Images;

namespace Slipway.Build;

/// <summary>A finished build.</summary>
/// <param name="StepsRun">Steps whose files had to be made: 0 where everything was cached.</param>
/// <param name="StepsCached">Steps whose layer was there already.</param>
public sealed record BuildResult(Image Image, int StepsRun, int StepsCached)
{
    /// <summary>Bytes of the image's manifest.</summary>
    public long ManifestSize { get; init; }
}
