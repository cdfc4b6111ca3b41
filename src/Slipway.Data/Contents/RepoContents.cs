using System.Collections.Concurrent;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Metadata;
using Slipway.Data.Projects;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Data.Contents;

/// <summary>
/// Which blob store keeps the bytes of which repo. Whoever reads or writes files of a repo asks here, because two projects need not share
/// one: that of an encrypted project seals what it is given.
/// </summary>
public sealed class RepoContents
{
    private readonly ConcurrentDictionary<string, RepoContent> _sealed = new(StringComparer.Ordinal);
    private readonly RepoContent _shared;
    private readonly IMetadataStore? _metadata;
    private readonly DataProjectStore? _projects;

    /// <summary>One store for all repos.</summary>
    public RepoContents(IBlobStore blobs, TreeStore trees) => _shared = new RepoContent(blobs, trees);

    /// <summary>A store that all repos share, and sealed in it what is in encrypted projects.</summary>
    /// <param name="metadata">Keeps the index of what is sealed.</param>
    public RepoContents(IBlobStore blobs, TreeStore trees, IMetadataStore metadata, DataProjectStore projects)
        : this(blobs, trees) => (_metadata, _projects) = (metadata, projects);

    /// <summary>
    /// The content of a repo, whether or not the repo exists. Where its project is locked, every verb of the store fails and says what unlocks it.
    /// </summary>
    public RepoContent Of(RepoName repo)
    {
        if (repo.Project is not { } project || _projects is null || !_projects.IsEncrypted(project))
        {
            return _shared;
        }

        return _projects.FindLock(project) is { } reason
            ? _sealed.GetOrAdd($"{project} locked", _ => ContentOf(new LockedBlobStore(reason)))
            : _sealed.GetOrAdd(project, name => ContentOf(new SealedBlobStore(_shared.Blobs, _metadata!, _projects.Find(name)!)));
    }

    /// <summary>The stores of the encrypted projects whose keys are here, by project; read from the metadata, so that none is forgotten.</summary>
    public async Task<IReadOnlyList<(string Project, SealedBlobStore Blobs)>> ListSealedAsync(CancellationToken cancellationToken)
    {
        List<(string, SealedBlobStore)> open = [];
        foreach (DataProject project in _projects is null ? [] : await _projects.ListAsync(cancellationToken))
        {
            if (Of(RepoName.Parse($"{project.Name}/any")).Blobs is SealedBlobStore blobs)
            {
                open.Add((project.Name, blobs));
            }
        }

        return open;
    }

    /// <summary>The encrypted projects whose keys are not here.</summary>
    public async Task<IReadOnlyList<string>> ListLockedAsync(CancellationToken cancellationToken) =>
        _projects is null ? [] : [.. (await _projects.ListAsync(cancellationToken)).Select(project => project.Name).Where(_projects.IsLocked)];

    private static RepoContent ContentOf(IBlobStore blobs) => new(blobs, new TreeStore(blobs)) { IsSealed = true };
}
