namespace Slipway.Api;

/// <summary>One of: a new terminal size, a signal to pass on, the end of stdin.</summary>
/// <param name="Signal">A name without SIG ("TERM") or a number.</param>
public sealed record ControlMessage(TerminalSize? Resize = null, string? Signal = null, bool? CloseStdin = null);
