namespace Slipway.Api;

/// <summary>An access key, by which a client on the TCP port proves itself.</summary>
/// <param name="Secret">Present only in the answer that makes the key; it is shown once.</param>
/// <param name="Repositories">Where not null, it is for these repositories of the registry alone, as "team/*=pull,push".</param>
public sealed record AccessKeyInfo(string Id, string Name, bool ReadOnly, DateTimeOffset Created, string? Secret = null, IReadOnlyList<string>? Repositories = null)
{
    /// <summary>Never shows the secret.</summary>
    public override string ToString() => Id;
}

/// <param name="ReadOnly">It may read everything and change nothing.</param>
/// <param name="Repositories">What it may do in which repositories of the registry, and nothing else: "PATTERN=RIGHT,RIGHT" with the rights pull, push and delete.</param>
public sealed record CreateAccessKeyRequest(string? Name = null, bool ReadOnly = false, IReadOnlyList<string>? Repositories = null);
