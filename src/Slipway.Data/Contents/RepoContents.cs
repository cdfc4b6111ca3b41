using Slipway.Content.Blobs;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Data.Contents;

/// <summary>
/// Which blob store keeps the bytes of which repo. Whoever reads or writes files of a repo asks here, because two projects need not share
/// one: that of an encrypted project seals what it is given.
/// </summary>
public sealed class RepoContents(IBlobStore blobs, TreeStore trees)
{
    private readonly RepoContent _shared = new(blobs, trees);

    /// <summary>The content of a repo, whether or not the repo exists.</summary>
    public RepoContent Of(RepoName repo)
    {
        _ = repo;
        return _shared;
    }
}
