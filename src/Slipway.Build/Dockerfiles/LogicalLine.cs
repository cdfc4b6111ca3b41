using System.Collections.Immutable;

namespace Slipway.Build.Dockerfiles;

/// <summary>An instruction's text with continuations joined and comments dropped, and its here-documents.</summary>
internal sealed record LogicalLine(SourceSpan Span, string Text, ImmutableArray<Heredoc> Heredocs)
{
    /// <summary>The first word in capitals.</summary>
    public string Keyword => Text[..KeywordLength].ToUpperInvariant();

    /// <summary>All after the first word.</summary>
    public string Rest => Text[KeywordLength..].Trim();

    private int KeywordLength => Text.AsSpan().IndexOfAny(" \t\v\f\r") is var end && end < 0 ? Text.Length : end;
}
