using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>One line of the list of images: a name and what it means, or an image without a name.</summary>
/// <param name="Created">When it came into this store.</param>
public sealed record TaggedImage(ImageReference? Reference, Image Image, DateTimeOffset Created);

/// <summary>
/// What a removal did: the names that are gone, the manifests that are gone, the blobs that no other image and no cached build step uses. The
/// caller deletes the blobs, and the snapshots that no image has any more.
/// </summary>
public sealed record RemovedImage(ImmutableArray<ImageReference> Untagged, ImmutableArray<Digest> Deleted, ImmutableArray<Digest> UnusedBlobs);
