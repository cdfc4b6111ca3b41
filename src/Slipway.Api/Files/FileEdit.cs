namespace Slipway.Api;

/// <summary>One change of a commit's files: what stands elsewhere is copied to a path, or a path is removed.</summary>
/// <param name="Path">Where: "/a/b". Of a copy, one that ends in "/" or is a folder already takes the source below it, under its own name.</param>
/// <param name="From">What is copied: "repo@revision:/path", a folder with all below it, or what a glob pattern in place of the path matches. Null: remove.</param>
/// <param name="Move">The source, which is on the branch that is written, goes from its old place.</param>
public sealed record FileEdit(string Path, string? From = null, bool Move = false);
