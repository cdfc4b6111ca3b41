namespace Slipway.Api;

/// <summary>One name of an image (or an image without a name).</summary>
/// <param name="Digest">The manifest's digest, "sha256:…".</param>
/// <param name="Reference">As a person writes it ("python:3.11"); unset when the image has no name.</param>
/// <param name="Size">Bytes of config and layers.</param>
public sealed record ImageSummary(string Digest, string? Reference, DateTimeOffset Created, long Size);
