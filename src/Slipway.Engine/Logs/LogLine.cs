namespace Slipway.Engine;

/// <summary>One line of a container's log.</summary>
/// <param name="Time">When the line began to be written.</param>
/// <param name="Content">
/// The bytes with their closing newline, so that writing one after another gives back what the process wrote. Without one where the process
/// ended in mid-line, or where a line is longer than a mebibyte and comes in pieces.
/// </param>
public sealed record LogLine(StreamKind Stream, DateTimeOffset Time, ReadOnlyMemory<byte> Content);
