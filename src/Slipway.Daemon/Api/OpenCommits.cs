using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Api;

/// <summary>Which open commit a person means: by its id, or the only one that is open on a branch.</summary>
internal sealed class OpenCommits(IMetadataStore metadata, RepoStore repos, CommitStore commits)
{
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: none is open there; <see cref="ErrorKind.Conflict"/>: several are, by their ids.</exception>
    public async Task<Commit> GetAsync(CommitReference at, CancellationToken cancellationToken)
    {
        if (!BranchName.TryParse(at.Revision, out BranchName branch) || (await repos.ListBranchesAsync(at.Repo, cancellationToken)).All(b => b.Name != branch))
        {
            return await commits.ResolveAsync(at, cancellationToken);
        }

        List<Commit> open = [.. (await metadata.ReadAsync(r => commits.ListOpenAsync(r, at.Repo, cancellationToken), cancellationToken))
            .Where(commit => commit.Branch == branch && commit.Origin == Data.Commits.CommitOrigin.User)];
        return open switch
        {
            [Commit only] => only,
            [] => throw new SlipwayException(
                ErrorKind.NotFound, $"no commit is open on {at.Repo}@{branch}", $"To start one: slipway commit start {at.Repo}@{branch}. Its last finished commit is {at.Repo}@{branch}~0"),
            _ => throw new SlipwayException(
                ErrorKind.Conflict,
                $"{open.Count} commits are open on {at.Repo}@{branch}: {string.Join(", ", open.Select(commit => commit.GlobalId))}",
                "Name one of them by its id."),
        };
    }
}
