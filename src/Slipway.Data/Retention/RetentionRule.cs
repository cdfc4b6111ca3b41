using System.Text.Json.Serialization;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Retention;

/// <summary>
/// How long a branch keeps the files of its commits. A commit's files go when every bound that is set says so: it is neither one of the last, nor
/// young enough.
/// </summary>
/// <param name="Last">How many finished commits keep theirs, counted from the newest; null: no bound.</param>
/// <param name="Days">For how many days a commit keeps its, counted from when it finished; null: no bound.</param>
public sealed record RetentionRule(RepoName Repo, BranchName Branch, int? Last, int? Days)
{
    /// <summary>The commits whose files are to go; whether something needs them is not asked here.</summary>
    /// <param name="newestFirst">The branch's commits, open ones too.</param>
    public IEnumerable<Commit> Choose(IEnumerable<Commit> newestFirst, DateTimeOffset now)
    {
        int finished = 0;
        foreach (Commit commit in newestFirst.Where(commit => commit.State != CommitState.Open))
        {
            bool counts = commit.State == CommitState.Finished;
            finished += counts ? 1 : 0;
            bool last = Last is { } most && (counts ? finished <= most : finished < most);
            bool young = Days is { } days && now - commit.Finished < TimeSpan.FromDays(days);
            if (!last && !young && commit.Tree is not null)
            {
                yield return commit;
            }
        }
    }
}

/// <summary>How rules are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RetentionRule))]
internal sealed partial class RetentionJson : JsonSerializerContext;
