namespace Slipway.Api;

/// <summary>The last line of an NDJSON stream that failed after its status was sent (a build says the same with <see cref="BuildFailed"/>).</summary>
public sealed record StreamFailure(ProblemDetails Problem);
