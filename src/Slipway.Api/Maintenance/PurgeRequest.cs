namespace Slipway.Api;

/// <summary>Content to be removed from all history.</summary>
/// <param name="Target"><c>repo:/path</c> in every commit, <c>repo@commit[:/path]</c> in one, or <c>sha256:…</c>.</param>
/// <param name="WithOutputs">Also what datums that read it left and said, and so on downstream.</param>
/// <param name="DryRun">Say what would go, and remove nothing.</param>
public sealed record PurgeRequest(string Target, string Reason, string By, bool WithOutputs = false, bool DryRun = false);

/// <summary>Bytes that were purged and may be put again.</summary>
public sealed record AllowPurgedRequest(string Digest, string By);
