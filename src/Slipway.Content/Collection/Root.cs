namespace Slipway.Content.Collection;

/// <summary>A digest that a row of the metadata names, and that keeps blobs alive.</summary>
/// <param name="Kind">What the digest is of.</param>
/// <param name="Repo">The repo whose content it is, where it is a repo's: its blobs may be kept in a store of its own.</param>
public readonly record struct Root(RootKind Kind, Digest Digest, string? Repo = null);

/// <summary>What a <see cref="Root"/> is the digest of.</summary>
public enum RootKind
{
    /// <summary>One blob that names no others that matter.</summary>
    Blob,

    /// <summary>A tree: the blob of its node, and all that the node reaches.</summary>
    Tree,
}
