using System.Globalization;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// Finds the commit that a reference means. Its base is tried as a branch, a tag, a global id, the beginning of a commit id, then as
/// one of these with <c>.N</c>, its Nth commit from the first; then parents are followed.
/// </summary>
internal sealed class RevisionResolver(RepoTables repos, CommitTables commits)
{
    private const int MinPrefix = 4;
    private const int MaxCandidates = 5;

    public async ValueTask<Commit> ResolveAsync(IMetadataReader reader, CommitReference reference, CancellationToken cancellationToken)
    {
        await repos.GetAsync(reader, reference.Repo, cancellationToken);
        Commit commit = await BaseAsync(reader, reference, cancellationToken);
        return reference.Steps == 0 ? commit : await new Ancestry(commits).AtAsync(reader, commit, commit.Ordinal - reference.Steps, cancellationToken)
            ?? throw Outside($"{reference.Repo}@{reference.Revision}", reference.Base, commit, commit.Ordinal - reference.Steps);
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

        if (BranchName.TryParse(name, out BranchName tagName) && await repos.FindTagAsync(reader, repo, tagName, cancellationToken) is { } tag)
        {
            return (await commits.FindAsync(reader, repo, tag.Commit, cancellationToken))!;
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

        return await NumberedAsync(reader, reference, name, cancellationToken) ?? throw await UnknownAsync(reader, repo, name, cancellationToken);
    }

    // "master.3": the third commit of master's line of first parents.
    private async ValueTask<Commit?> NumberedAsync(IMetadataReader reader, CommitReference reference, string name, CancellationToken cancellationToken)
    {
        int dot = name.LastIndexOf('.');
        if (dot <= 0 || !int.TryParse(name.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal))
        {
            return null;
        }

        Commit last = await BaseAsync(reader, reference with { Revision = name[..dot] }, cancellationToken);
        return await new Ancestry(commits).AtAsync(reader, last, ordinal, cancellationToken)
            ?? throw Outside($"{reference.Repo}@{name}", name[..dot], last, ordinal);
    }

    private static SlipwayException Outside(string text, string name, Commit last, long ordinal) => new(
        ErrorKind.NotFound,
        ordinal < 1 || ordinal > last.Ordinal
            ? $"{text} does not exist: {name} has only {Math.Max(last.Ordinal - 1, 0)} commits before it"
            : $"{text} does not exist any more: the history of {name} was cut after it",
        $"To see them: slipway log {last.Repo}@{name}");

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
