namespace Slipway.Api;

public sealed record StartCommitRequest(string Repo, string Branch, string? Message = null, string? Author = null);
