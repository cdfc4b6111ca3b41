namespace Slipway.Build.Dockerfiles;

/// <summary>The physical lines that something stands on, from 1, both included.</summary>
public readonly record struct SourceSpan(int StartLine, int EndLine);
