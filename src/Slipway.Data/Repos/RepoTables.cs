using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Triggers;

namespace Slipway.Data.Repos;

/// <summary>Where repos, their former names, branches and tags are kept.</summary>
internal sealed class RepoTables
{
    private readonly Table<Repo> _repos = new("repos", RepoJson.Default.Repo);
    private readonly Table<Branch> _branches = new("branches", RepoJson.Default.Branch);
    private readonly Table<Tag> _tags = new("tags", RepoJson.Default.Tag);
    private readonly Table<TriggerMark> _triggers = new("triggers", RepoJson.Default.TriggerMark);
    private readonly Table<RepoAlias> _aliases = new("repo-aliases", RepoJson.Default.RepoAlias);

    public ValueTask<Repo?> FindAsync(IMetadataReader reader, RepoName name, CancellationToken cancellationToken) =>
        _repos.FindAsync(reader, name.ToString(), cancellationToken);

    /// <summary>The repo, or an error that names those with the nearest names.</summary>
    public async ValueTask<Repo> GetAsync(IMetadataReader reader, RepoName name, CancellationToken cancellationToken)
    {
        if (await FindAsync(reader, name, cancellationToken) is { } repo)
        {
            return repo;
        }

        if (await FindAliasAsync(reader, name, cancellationToken) is { } renamed)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"there is no repo {name}: it was renamed to {renamed}", $"Write {renamed} in its place.");
        }

        List<string> names = [];
        await foreach ((string key, _) in _repos.ScanAsync(reader, null, cancellationToken, limit: 10_000))
        {
            names.Add(key);
        }

        string hint = NearestNames.Of(name.ToString(), names) is { Count: > 0 } near
            ? $"Did you mean {string.Join(" or ", near)}? To make it: slipway repo create {name}"
            : $"Make it: slipway repo create {name}";
        throw new SlipwayException(ErrorKind.NotFound, $"there is no repo {name}", hint);
    }

    public ValueTask PutAsync(IMetadataTransaction transaction, Repo repo, CancellationToken cancellationToken) =>
        _repos.PutAsync(transaction, repo.Name.ToString(), repo, cancellationToken);

    public ValueTask<bool> DeleteAsync(IMetadataTransaction transaction, RepoName name, CancellationToken cancellationToken) =>
        _repos.DeleteAsync(transaction, name.ToString(), cancellationToken);

    public async IAsyncEnumerable<Repo> ListAsync(IMetadataReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, Repo repo) in _repos.ScanAsync(reader, null, cancellationToken))
        {
            yield return repo;
        }
    }

    public ValueTask<Branch?> FindBranchAsync(IMetadataReader reader, RepoName repo, BranchName branch, CancellationToken cancellationToken) =>
        _branches.FindAsync(reader, TableKey.Join(repo.ToString(), branch.ToString()), cancellationToken);

    /// <summary>Sets the branch, and the mark that leads to it from the branch that its trigger is on.</summary>
    public async ValueTask PutBranchAsync(IMetadataTransaction transaction, Branch branch, CancellationToken cancellationToken)
    {
        await _branches.PutAsync(transaction, TableKey.Join(branch.Repo.ToString(), branch.Name.ToString()), branch, cancellationToken);
        if (branch.Trigger is { } trigger)
        {
            await _triggers.PutAsync(transaction, TriggerKey(branch, trigger), new TriggerMark(branch.Repo, branch.Name), cancellationToken);
        }
    }

    public async ValueTask<bool> DeleteBranchAsync(IMetadataTransaction transaction, Branch branch, CancellationToken cancellationToken)
    {
        if (branch.Trigger is { } trigger)
        {
            await _triggers.DeleteAsync(transaction, TriggerKey(branch, trigger), cancellationToken);
        }

        return await _branches.DeleteAsync(transaction, TableKey.Join(branch.Repo.ToString(), branch.Name.ToString()), cancellationToken);
    }

    /// <summary>The branches that have a trigger on this one.</summary>
    public async ValueTask<List<Branch>> FollowersAsync(IMetadataReader reader, RepoName repo, BranchName on, CancellationToken cancellationToken)
    {
        List<Branch> followers = [];
        await foreach ((_, TriggerMark mark) in _triggers.ScanAsync(reader, TableKey.Join(repo.ToString(), on.ToString()), cancellationToken))
        {
            followers.Add((await FindBranchAsync(reader, mark.Repo, mark.Branch, cancellationToken))!);
        }

        return followers;
    }

    /// <summary>All branches that have a trigger.</summary>
    public async ValueTask<List<Branch>> TriggeredAsync(IMetadataReader reader, CancellationToken cancellationToken)
    {
        List<Branch> triggered = [];
        await foreach ((_, TriggerMark mark) in _triggers.ScanAsync(reader, null, cancellationToken))
        {
            triggered.Add((await FindBranchAsync(reader, mark.Repo, mark.Branch, cancellationToken))!);
        }

        return triggered;
    }

    private static string TriggerKey(Branch branch, BranchTrigger trigger) =>
        TableKey.Join(branch.Repo.ToString(), trigger.On.ToString(), branch.Name.ToString());

    public async IAsyncEnumerable<Branch> ListBranchesAsync(
        IMetadataReader reader, RepoName repo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, Branch branch) in _branches.ScanAsync(reader, repo.ToString(), cancellationToken))
        {
            yield return branch;
        }
    }

    public ValueTask<Tag?> FindTagAsync(IMetadataReader reader, RepoName repo, BranchName tag, CancellationToken cancellationToken) =>
        _tags.FindAsync(reader, TableKey.Join(repo.ToString(), tag.ToString()), cancellationToken);

    public ValueTask PutTagAsync(IMetadataTransaction transaction, Tag tag, CancellationToken cancellationToken) =>
        _tags.PutAsync(transaction, TableKey.Join(tag.Repo.ToString(), tag.Name.ToString()), tag, cancellationToken);

    public ValueTask<bool> DeleteTagAsync(IMetadataTransaction transaction, RepoName repo, BranchName tag, CancellationToken cancellationToken) =>
        _tags.DeleteAsync(transaction, TableKey.Join(repo.ToString(), tag.ToString()), cancellationToken);

    public async IAsyncEnumerable<Tag> ListTagsAsync(
        IMetadataReader reader, RepoName repo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, Tag tag) in _tags.ScanAsync(reader, repo.ToString(), cancellationToken))
        {
            yield return tag;
        }
    }

    /// <summary>What a repo that once had this name is called now; null where there was none.</summary>
    public async ValueTask<RepoName?> FindAliasAsync(IMetadataReader reader, RepoName former, CancellationToken cancellationToken) =>
        (await _aliases.FindAsync(reader, former.ToString(), cancellationToken))?.Now;

    public ValueTask PutAliasAsync(IMetadataTransaction transaction, RepoName former, RepoName now, CancellationToken cancellationToken) =>
        _aliases.PutAsync(transaction, former.ToString(), new RepoAlias(now), cancellationToken);

    public ValueTask<bool> DeleteAliasAsync(IMetadataTransaction transaction, RepoName former, CancellationToken cancellationToken) =>
        _aliases.DeleteAsync(transaction, former.ToString(), cancellationToken);

    /// <summary>The former names of a repo.</summary>
    public async ValueTask<List<RepoName>> ListAliasesAsync(IMetadataReader reader, RepoName now, CancellationToken cancellationToken)
    {
        List<RepoName> former = [];
        await foreach ((string key, RepoAlias alias) in _aliases.ScanAsync(reader, null, cancellationToken))
        {
            if (alias.Now == now)
            {
                former.Add(RepoName.Parse(key));
            }
        }

        return former;
    }
}

/// <summary>A row of <c>triggers</c>: the branch that follows the one in its key.</summary>
internal sealed record TriggerMark(RepoName Repo, BranchName Branch);

/// <summary>A row of <c>repo-aliases</c>: what the repo of a former name is called now.</summary>
internal sealed record RepoAlias(RepoName Now);
