namespace Slipway.Api;

/// <summary>An access key, by which a client on the TCP port proves itself.</summary>
/// <param name="Secret">Present only in the answer that makes the key; it is shown once.</param>
public sealed record AccessKeyInfo(string Id, string Name, bool ReadOnly, DateTimeOffset Created, string? Secret = null)
{
    /// <summary>Never shows the secret.</summary>
    public override string ToString() => Id;
}

/// <param name="ReadOnly">It may read everything and change nothing.</param>
public sealed record CreateAccessKeyRequest(string? Name = null, bool ReadOnly = false);
