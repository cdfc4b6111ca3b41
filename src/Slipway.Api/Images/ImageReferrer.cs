namespace Slipway.Api;

/// <summary>A document that is about an image: how it was built, the packages in it, a signature. It is no part of the image and does not change its digest.</summary>
/// <param name="Digest">Of the document's own manifest.</param>
/// <param name="ArtifactType">What kind of document it is; null where it does not say.</param>
/// <param name="Size">Bytes of its manifest.</param>
public sealed record ImageReferrer(string Digest, string? ArtifactType, long Size)
{
    /// <summary>What its manifest says of it: the commit that an image was built from, whether files were changed since.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get => field ?? EmptyMap.Value; init; }
}
