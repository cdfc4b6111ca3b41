namespace Slipway.Api;

/// <summary>Where everything stands that one commit caused.</summary>
/// <param name="Done">Nothing more will happen under this id; the last record of the stream.</param>
public sealed record WaitProgress(string GlobalId, bool Done, IReadOnlyList<JobInfo> Jobs, IReadOnlyList<CommitInfo> Commits);
