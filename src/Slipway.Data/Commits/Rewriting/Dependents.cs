using System.Runtime.CompilerServices;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits.Rewriting;

/// <summary>What depends on a commit, read in one transaction; branches and tags are read once a repo.</summary>
internal sealed class Dependents(RepoTables repos, CommitTables commits)
{
    private readonly Dictionary<RepoName, ILookup<GlobalId, Branch>> _branches = [];
    private readonly Dictionary<RepoName, ILookup<GlobalId, Tag>> _tags = [];
    private readonly Dictionary<RepoName, RepoName[]> _names = [];

    /// <summary>The commits that have this one as a parent, and those that pipelines computed from it.</summary>
    public async IAsyncEnumerable<(DependentKind Kind, Commit Commit)> CommitsAsync(
        IMetadataReader reader, Commit commit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Commit child in commits.ChildrenAsync(reader, commit.Repo, commit.GlobalId, cancellationToken))
        {
            yield return (DependentKind.Child, child);
        }

        if (!_names.TryGetValue(commit.Repo, out RepoName[]? names))
        {
            names = [commit.Repo, .. await repos.ListAliasesAsync(reader, commit.Repo, cancellationToken)];
            _names.Add(commit.Repo, names);
        }

        foreach (RepoName name in names)
        {
            await foreach (Commit made in commits.MadeFromAsync(reader, name, commit.GlobalId, cancellationToken))
            {
                yield return (DependentKind.Output, made);
            }
        }
    }

    /// <summary>The branches that stand at a commit.</summary>
    public async ValueTask<IEnumerable<Branch>> BranchesAsync(IMetadataReader reader, Commit commit, CancellationToken cancellationToken)
    {
        if (!_branches.TryGetValue(commit.Repo, out ILookup<GlobalId, Branch>? heads))
        {
            List<Branch> all = await repos.ListBranchesAsync(reader, commit.Repo, cancellationToken).Where(b => b.Head is not null).ToListAsync(cancellationToken);
            _branches.Add(commit.Repo, heads = all.ToLookup(b => b.Head!.Value));
        }

        return heads[commit.GlobalId];
    }

    /// <summary>The tags that name a commit.</summary>
    public async ValueTask<IEnumerable<Tag>> TagsAsync(IMetadataReader reader, Commit commit, CancellationToken cancellationToken)
    {
        if (!_tags.TryGetValue(commit.Repo, out ILookup<GlobalId, Tag>? named))
        {
            _tags.Add(commit.Repo, named = (await repos.ListTagsAsync(reader, commit.Repo, cancellationToken).ToListAsync(cancellationToken)).ToLookup(t => t.Commit));
        }

        return named[commit.GlobalId];
    }
}
