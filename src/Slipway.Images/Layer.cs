using Slipway.Content;

namespace Slipway.Images;

/// <summary>One layer: the blob as it is stored and sent, and the digest of its plain tar.</summary>
public sealed record Layer(Descriptor Descriptor, Digest DiffId);
