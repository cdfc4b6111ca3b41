namespace Slipway.Api;

/// <summary>What a write says about itself.</summary>
/// <param name="Replace">Of a folder: what stood at its path goes first.</param>
/// <param name="Append">Of a file: its bytes are added to the end of the file that stands at its path.</param>
/// <param name="Expect">A commit and path, as "repo@commit:/path": the write is refused where something else stands there by now. Null: whatever stands there.</param>
public sealed record PutOptions(string? Message = null, string? Author = null, bool Replace = false, bool Append = false, string? Expect = null);
