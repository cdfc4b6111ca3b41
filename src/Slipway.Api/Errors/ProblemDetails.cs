namespace Slipway.Api;

/// <summary>A failure on the wire (RFC 9457, with our own members).</summary>
/// <param name="Kind">One of <see cref="ProblemKinds"/>; a client treats one that it doesn't know as internal.</param>
/// <param name="Message">What failed, where and why; one line or more, for a person.</param>
/// <param name="Hint">What to do about it: often a command.</param>
public sealed record ProblemDetails(string Kind, string Message, string? Hint = null)
{
    public const string MediaType = "application/problem+json";
}
