namespace Slipway.Images;

/// <summary>One step of how an image was made. Those with <paramref name="EmptyLayer"/> false stand for the layers, in order.</summary>
/// <param name="Created">RFC 3339, as it was written; null where not stated.</param>
public sealed record HistoryEntry(string? Created, string? CreatedBy, string? Comment, string? Author, bool EmptyLayer);
