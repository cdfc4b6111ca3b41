namespace Slipway.Engine;

/// <summary>Bytes that a process wrote, as they came: neither whole lines nor whole characters are promised.</summary>
/// <param name="Content">Valid until the next read of the same streams.</param>
public readonly record struct StreamChunk(StreamKind Stream, ReadOnlyMemory<byte> Content);
