using Slipway.Content;

namespace Slipway.Pipelines.Definitions;

/// <summary>What an image's name stood for at some moment.</summary>
/// <param name="Manifest">The digest of its manifest: the image as it was built, with the annotations that say from what source.</param>
/// <param name="Config">
/// The digest of its config: what runs, and so part of a datum's key. A build of another git commit whose files are the same has another
/// manifest and the same config, and nothing has to run again for it.
/// </param>
public readonly record struct PipelineImage(Digest Manifest, Digest Config);
