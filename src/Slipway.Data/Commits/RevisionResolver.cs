using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// Finds the commit that a reference means. Its base is tried as a branch, as a global id, then as the beginning of a commit id; then
/// parents are followed.
/// </summary>
internal sealed class RevisionResolver(RepoTables repos, CommitTables commits)
{
    private const int MinPrefix = 4;
    private const int MaxCandidates = 5;

    public async ValueTask<Commit> ResolveAsync(IMetadataReader reader, CommitReference reference, CancellationToken cancellationToken)
    {
        await repos.GetAsync(reader, reference.Repo, cancellationToken);
        Commit commit = await BaseAsync(reader, reference, cancellationToken);
        for (int step = 1; step <= reference.Steps; step++)
        {
            if (commit.Parent is not { } parent)
            {
                throw new SlipwayException(
                    ErrorKind.NotFound,
                    $"{reference.Repo}@{reference.Revision} does not exist: {reference.Base} has only {step - 1} commits before it",
                    $"To see them: slipway log {reference.Repo}@{reference.Base}");
            }

            commit = await commits.FindAsync(reader, reference.Repo, parent, cancellationToken)
                ?? throw new SlipwayException(ErrorKind.Corrupt, $"commit {parent} of repo {reference.Repo} is gone, but {commit.GlobalId} has it as parent");
        }

        return commit;
    }

    /// <summary>Throws where there is no such repo, or no such branch in it; true otherwise.</summary>
    public async ValueTask<bool> CheckExistsAsync(IMetadataReader reader, RepoName repo, BranchName? branch, CancellationToken cancellationToken)
    {
        await repos.GetAsync(reader, repo, cancellationToken);
        return branch is not { } name || await repos.FindBranchAsync(reader, repo, name, cancellationToken) is not null
            ? true
            : throw await UnknownAsync(reader, repo, name.ToString(), cancellationToken);
    }

    private async ValueTask<Commit> BaseAsync(IMetadataReader reader, CommitReference reference, CancellationToken cancellationToken)
    {
        RepoName repo = reference.Repo;
        string name = reference.Base;
        if (BranchName.TryParse(name, out BranchName branchName)
            && await repos.FindBranchAsync(reader, repo, branchName, cancellationToken) is { } branch)
        {
            return branch.Head is { } head
                ? (await commits.FindAsync(reader, repo, head, cancellationToken))!
                : throw new SlipwayException(
                    ErrorKind.NotFound, $"branch {repo}@{name} has no finished commit yet", $"To see what is under way: slipway log {repo}@{name}");
        }

        if (GlobalId.TryParse(name, out GlobalId id))
        {
            return await commits.FindAsync(reader, repo, id, cancellationToken)
                ?? throw new SlipwayException(ErrorKind.NotFound, $"repo {repo} has no commit {id}", $"To see its commits: slipway log {repo}");
        }

        if (name.Length is >= MinPrefix and <= 64 && NamePart.IsLowerHex(name))
        {
            List<Commit> found = await commits.WithIdPrefixAsync(reader, repo, name, MaxCandidates, cancellationToken);
            if (found.Count > 0)
            {
                // Commits that say the same have the same id: then the newest is meant.
                return found.All(c => c.Id == found[0].Id) ? found[^1] : throw Ambiguous(repo, name, found);
            }
        }

        throw await UnknownAsync(reader, repo, name, cancellationToken);
    }

    private static SlipwayException Ambiguous(RepoName repo, string name, List<Commit> found)
    {
        string list = string.Join(", ", found.Select(c => $"{c.Id!.Value.Short} ({c.Branch}, {c.Finished:u})"));
        return new SlipwayException(
            ErrorKind.InvalidArgument, $"{repo}@{name} is ambiguous: it may be {list}{(found.Count == MaxCandidates ? " or more" : "")}", "Give more digits.");
    }

    private async ValueTask<SlipwayException> UnknownAsync(IMetadataReader reader, RepoName repo, string name, CancellationToken cancellationToken)
    {
        List<string> branches = await repos.ListBranchesAsync(reader, repo, cancellationToken).Take(10).Select(b => b.Name.ToString()).ToListAsync(cancellationToken);
        string hint = branches.Count == 0
            ? $"The repo is empty. To put a file: slipway put {repo}@master:/name -f <file>"
            : $"It has the branches {string.Join(", ", branches)}. To see its commits: slipway log {repo}";
        return new SlipwayException(ErrorKind.NotFound, $"repo {repo} has no branch and no commit '{name}'", hint);
    }
}
