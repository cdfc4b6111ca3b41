using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>All commits of a repo, in the reverse order of their start.</summary>
internal sealed class RepoLog(CommitTables commits, RepoName repo) : ICommitPages
{
    private GlobalId? _before;

    public async ValueTask<List<Commit>> NextAsync(IMetadataReader reader, int limit, CancellationToken cancellationToken)
    {
        List<Commit> page = await commits.PageAsync(reader, repo, null, _before, limit, cancellationToken);
        _before = page.Count == 0 ? _before : page[^1].GlobalId;
        return page;
    }
}
