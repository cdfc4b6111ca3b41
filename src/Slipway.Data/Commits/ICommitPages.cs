using Slipway.Content.Metadata;

namespace Slipway.Data.Commits;

/// <summary>A list of commits that is read page by page, each in a snapshot of its own.</summary>
internal interface ICommitPages
{
    /// <summary>At most <paramref name="limit"/> more; fewer only at the end.</summary>
    ValueTask<List<Commit>> NextAsync(IMetadataReader reader, int limit, CancellationToken cancellationToken);
}
