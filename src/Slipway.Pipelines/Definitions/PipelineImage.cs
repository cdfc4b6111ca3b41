using Slipway.Content;

namespace Slipway.Pipelines.Definitions;

/// <summary>What an image's name stood for at some moment.</summary>
/// <param name="Manifest">The digest of its manifest: the image as it was built, with the annotations that say from what source.</param>
/// <param name="RunIdentity">
/// The digest of all of it that a container can see: what runs, and so part of a datum's key. A build of another git commit whose files are the same has
/// another manifest, time and annotations and the same run identity, and nothing has to run again for it.
/// </param>
public readonly record struct PipelineImage(Digest Manifest, Digest RunIdentity);
