namespace Slipway.Content.Keys;

/// <summary>A key that only a master key opens; safe to store.</summary>
/// <param name="MasterKey">The id of the master key that wraps it.</param>
/// <param name="Sealed">Nonce (12 bytes), the key under AES-256-GCM, tag (16).</param>
public sealed record WrappedKey(string MasterKey, byte[] Sealed);
