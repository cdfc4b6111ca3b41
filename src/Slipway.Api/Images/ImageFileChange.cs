namespace Slipway.Api;

/// <summary>One path in which two images differ.</summary>
/// <param name="Before">Bytes of a file in the first; unset where it is not there, or is no file.</param>
/// <param name="How">Of what is in both: what differs first.</param>
public sealed record ImageFileChange(string Path, ImageFileChangeKind Kind, long? Before = null, long? After = null, string? How = null);
