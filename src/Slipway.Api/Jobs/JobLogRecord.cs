namespace Slipway.Api;

/// <param name="Datum">Unset: a line of the scheduler about the job.</param>
/// <param name="Text">One line or piece of output, with its newline when it had one.</param>
public sealed record JobLogRecord(string Text, string? Datum = null, DateTimeOffset? Time = null, OutputStream Stream = OutputStream.Stdout, int Try = 0);
