using Slipway.Content;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Data.Worktrees.Scanning;

public sealed partial class FolderReader
{
    /// <summary>
    /// Finds out which tree <see cref="ReadFolderAsync"/> would make, and stores nothing of it: changed files are read for their digests. What is learned is
    /// noted in the folder's index, so the next time, and at a put, they are not looked into for nothing.
    /// </summary>
    /// <returns>The folder's entry, and a content that has its tree beside all that the repo has; null as there.</returns>
    /// <exception cref="SlipwayException">As there.</exception>
    public async ValueTask<(TreeEntry Folder, RepoContent Content)?> RehearseFolderAsync(
        RepoContent content, string directory, FileIdentity identity, TreeEntry? present, ScanTally tally, CancellationToken cancellationToken)
    {
        RehearsalStore store = new(content.Blobs);
        RepoContent rehearsal = content with { Blobs = store, Trees = new TreeStore(store) };
        return await ReadFolderAsync(rehearsal, directory, identity, present, tally, cancellationToken) is { } folder ? (folder, rehearsal) : null;
    }
}
