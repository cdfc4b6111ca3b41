namespace Slipway.Content.Blobs;

/// <summary>What a check of a stored blob came to.</summary>
public enum BlobHealth
{
    /// <summary>Its bytes have its digest.</summary>
    Healthy,

    /// <summary>Its bytes have another digest, or cannot be read.</summary>
    Corrupt,

    /// <summary>It is not stored.</summary>
    Missing,
}
