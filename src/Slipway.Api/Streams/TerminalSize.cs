namespace Slipway.Api;

public sealed record TerminalSize(int Rows, int Cols);
