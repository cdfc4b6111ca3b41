using Slipway.Content.Metadata;

namespace Slipway.Data.Repos;

/// <summary>Rows that another room keeps of repos under their names.</summary>
public interface IRepoRows
{
    /// <summary>A repo gets another name: its rows follow, in the same transaction.</summary>
    ValueTask MoveAsync(IMetadataTransaction transaction, RepoName from, RepoName to, CancellationToken cancellationToken);
}
