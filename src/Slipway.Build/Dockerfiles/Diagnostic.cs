namespace Slipway.Build.Dockerfiles;

/// <summary>A fault or a warning of a Dockerfile, and where it stands.</summary>
/// <param name="Hint">How to mend it, or null.</param>
public sealed record Diagnostic(SourceSpan Span, string Message, string? Hint = null);
