namespace Slipway.Api;

/// <param name="MasterKey">The bytes of the new master key, as a file of it holds them: raw, hex or base64.</param>
public sealed record RewrapRequest(byte[] MasterKey)
{
    /// <summary>Never shows the key.</summary>
    public override string ToString() => nameof(RewrapRequest);
}
