namespace Slipway.Api;

public sealed record ImageLayer(string Digest, string DiffId, string MediaType, long Size);
