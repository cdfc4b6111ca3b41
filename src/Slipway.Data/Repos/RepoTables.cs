using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Metadata;

namespace Slipway.Data.Repos;

/// <summary>Where repos and branches are kept.</summary>
internal sealed class RepoTables
{
    private readonly Table<Repo> _repos = new("repos", RepoJson.Default.Repo);
    private readonly Table<Branch> _branches = new("branches", RepoJson.Default.Branch);

    public ValueTask<Repo?> FindAsync(IMetadataReader reader, RepoName name, CancellationToken cancellationToken) =>
        _repos.FindAsync(reader, name.ToString(), cancellationToken);

    /// <summary>The repo, or an error that names those with the nearest names.</summary>
    public async ValueTask<Repo> GetAsync(IMetadataReader reader, RepoName name, CancellationToken cancellationToken)
    {
        if (await FindAsync(reader, name, cancellationToken) is { } repo)
        {
            return repo;
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

    public ValueTask PutBranchAsync(IMetadataTransaction transaction, Branch branch, CancellationToken cancellationToken) =>
        _branches.PutAsync(transaction, TableKey.Join(branch.Repo.ToString(), branch.Name.ToString()), branch, cancellationToken);

    public ValueTask<bool> DeleteBranchAsync(IMetadataTransaction transaction, Branch branch, CancellationToken cancellationToken) =>
        _branches.DeleteAsync(transaction, TableKey.Join(branch.Repo.ToString(), branch.Name.ToString()), cancellationToken);

    public async IAsyncEnumerable<Branch> ListBranchesAsync(
        IMetadataReader reader, RepoName repo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, Branch branch) in _branches.ScanAsync(reader, repo.ToString(), cancellationToken))
        {
            yield return branch;
        }
    }
}
