namespace Slipway.Api;

/// <summary>The size of a terminal in characters.</summary>
public sealed record TerminalSize(int Rows, int Cols);
