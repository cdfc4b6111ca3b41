namespace Slipway.Api;

/// <summary>A name that stands for one commit for good.</summary>
/// <param name="Commit">The commit's global id.</param>
public sealed record TagInfo(string Repo, string Name, string Commit, string Message, string Author, DateTimeOffset Created);

/// <summary>Names a commit.</summary>
/// <param name="At">"repo@revision" of a finished commit.</param>
public sealed record CreateTagRequest(string At, string Name, string? Message = null, string? Author = null);
