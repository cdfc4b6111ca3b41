using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;

namespace Slipway.Data.Repos;

/// <summary>Repos and their branches. The forms that take a transaction or a reader are for rooms that do more in the same one.</summary>
public sealed class RepoStore(IMetadataStore metadata, TimeProvider time)
{
    private readonly RepoTables _tables = new();
    private readonly CommitTables _commits = new();
    private readonly Journal _journal = new();

    /// <summary>Makes a repo.</summary>
    /// <param name="pipeline">The pipeline whose output it is; null for a repo of users.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.AlreadyExists"/>.</exception>
    public ValueTask<Repo> CreateAsync(RepoName name, string description, string? pipeline, CancellationToken cancellationToken) =>
        metadata.WriteAsync(t => CreateAsync(t, name, description, pipeline, cancellationToken), cancellationToken);

    /// <inheritdoc cref="CreateAsync(RepoName, string, string?, CancellationToken)"/>
    public async ValueTask<Repo> CreateAsync(
        IMetadataTransaction transaction, RepoName name, string description, string? pipeline, CancellationToken cancellationToken)
    {
        if (await _tables.FindAsync(transaction, name, cancellationToken) is { } existing)
        {
            string owner = existing.Pipeline is null ? "" : $", the output of pipeline {existing.Pipeline}";
            throw new SlipwayException(ErrorKind.AlreadyExists, $"there is a repo {name} already{owner}");
        }

        Repo repo = new(name, description, time.GetUtcNow(), pipeline);
        await _tables.PutAsync(transaction, repo, cancellationToken);
        return repo;
    }

    /// <summary>The repo of that name, or null.</summary>
    public ValueTask<Repo?> FindAsync(RepoName name, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => _tables.FindAsync(r, name, cancellationToken), cancellationToken);

    /// <inheritdoc cref="FindAsync(RepoName, CancellationToken)"/>
    public ValueTask<Repo?> FindAsync(IMetadataReader reader, RepoName name, CancellationToken cancellationToken) =>
        _tables.FindAsync(reader, name, cancellationToken);

    /// <summary>The repo of that name.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, with the nearest names.</exception>
    public ValueTask<Repo> GetAsync(RepoName name, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => _tables.GetAsync(r, name, cancellationToken), cancellationToken);

    /// <summary>All repos by name.</summary>
    public ValueTask<IReadOnlyList<Repo>> ListAsync(CancellationToken cancellationToken) => metadata.ReadAsync(
        async r => (IReadOnlyList<Repo>)await _tables.ListAsync(r, cancellationToken).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>The branches of a repo by name.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no such repo.</exception>
    public ValueTask<IReadOnlyList<Branch>> ListBranchesAsync(RepoName name, CancellationToken cancellationToken) => metadata.ReadAsync(
        async r =>
        {
            await _tables.GetAsync(r, name, cancellationToken);
            return (IReadOnlyList<Branch>)await _tables.ListBranchesAsync(r, name, cancellationToken).ToListAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>A branch, or null.</summary>
    public ValueTask<Branch?> FindBranchAsync(IMetadataReader reader, RepoName repo, BranchName branch, CancellationToken cancellationToken) =>
        _tables.FindBranchAsync(reader, repo, branch, cancellationToken);

    /// <summary>
    /// Removes a repo with its branches, tags, commits and open journals; blobs are left to garbage collection. Whether a pipeline still needs
    /// the repo is for the caller to ask before.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>.</exception>
    public async ValueTask DeleteAsync(RepoName name, CancellationToken cancellationToken) => await metadata.WriteAsync(
        async t =>
        {
            await DeleteAsync(t, name, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <inheritdoc cref="DeleteAsync(RepoName, CancellationToken)"/>
    public async ValueTask DeleteAsync(IMetadataTransaction transaction, RepoName name, CancellationToken cancellationToken)
    {
        await _tables.GetAsync(transaction, name, cancellationToken);
        foreach (Branch branch in await _tables.ListBranchesAsync(transaction, name, cancellationToken).ToListAsync(cancellationToken))
        {
            await _tables.DeleteBranchAsync(transaction, branch, cancellationToken);
        }

        foreach (Tag tag in await _tables.ListTagsAsync(transaction, name, cancellationToken).ToListAsync(cancellationToken))
        {
            await _tables.DeleteTagAsync(transaction, name, tag.Name, cancellationToken);
        }

        foreach (RepoName former in await _tables.ListAliasesAsync(transaction, name, cancellationToken))
        {
            await _tables.DeleteAliasAsync(transaction, former, cancellationToken);
        }

        while (await _commits.PageAsync(transaction, name, null, null, 1000, cancellationToken) is { Count: > 0 } page)
        {
            foreach (Commit commit in page)
            {
                await _journal.DeleteAsync(transaction, name, commit.GlobalId, cancellationToken);
                await _commits.DeleteAsync(transaction, commit, cancellationToken);
            }
        }

        await _tables.DeleteAsync(transaction, name, cancellationToken);
    }
}
