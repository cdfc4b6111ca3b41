using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Tests.Doubles;

/// <summary>A double of a commit hook: keeps what it hears, writes a row, and fails where it is told to.</summary>
internal sealed class RecordingHook : ICommitHook
{
    public List<HeadMoves> Heard { get; } = [];

    /// <summary>What it answers when it is asked who uses a branch.</summary>
    public List<BranchUse> Uses { get; } = [];

    public Exception? Error { get; set; }

    public async ValueTask HeadsMovedAsync(IMetadataTransaction transaction, HeadMoves moves, CancellationToken cancellationToken)
    {
        Heard.Add(moves);
        await transaction.PutAsync("hook", moves.Id.ToString(), new byte[] { 1 }, cancellationToken);
        if (Error is not null)
        {
            throw Error;
        }
    }

    public ValueTask<IReadOnlyList<BranchUse>> UsesAsync(IMetadataReader reader, RepoName repo, BranchName? branch, CancellationToken cancellationToken) =>
        new(Uses);
}
