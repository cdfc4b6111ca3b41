namespace Slipway.Api;

/// <summary>How long a branch keeps the files of its commits.</summary>
/// <param name="Last">How many finished commits keep theirs; null: no bound.</param>
/// <param name="Days">For how many days a commit keeps its; null: no bound.</param>
/// <param name="Going">The commits whose files go next, as <c>repo@global-id</c>, newest first; null in a listing.</param>
public sealed record RetentionInfo(string Repo, string Branch, int? Last, int? Days, IReadOnlyList<string>? Going = null);
