namespace Slipway.Linux;

/// <summary>How many rows and columns of characters a terminal shows.</summary>
public readonly record struct TerminalSize(int Rows, int Columns);
