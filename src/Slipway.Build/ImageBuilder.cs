using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Build;

/// <summary>Builds images from Dockerfiles. Surface only for now; the body follows.</summary>
public sealed class ImageBuilder(
    ImageStore images, SnapshotStore snapshots, ContainerEngine engine, IBlobStore blobs, IMetadataStore metadata, string workDirectory, TimeProvider time)
{
    /// <summary>Builds an image, names it, and says what happens as it happens.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: faults of the Dockerfile; <see cref="ErrorKind.FailedPrecondition"/>: a step failed.</exception>
    public ValueTask<BuildResult> BuildAsync(BuildRequest request, IProgress<BuildEvent> progress, CancellationToken cancellationToken)
    {
        _ = (images, snapshots, engine, blobs, metadata, workDirectory, time, request, progress, cancellationToken);
        throw new SlipwayException(ErrorKind.Internal, "the builder is being written");
    }
}
