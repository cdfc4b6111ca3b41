using Slipway.Content.Metadata;
using Slipway.Data.Commits;

namespace Slipway.Data.Tests.Doubles;

/// <summary>A double of a commit hook: keeps what it hears, writes a row, and fails where it is told to.</summary>
internal sealed class RecordingHook : ICommitHook
{
    public List<Commit> Heard { get; } = [];

    public Exception? Error { get; set; }

    public async ValueTask CommitFinishedAsync(IMetadataTransaction transaction, Commit commit, CancellationToken cancellationToken)
    {
        Heard.Add(commit);
        await transaction.PutAsync("hook", commit.GlobalId.ToString(), new byte[] { 1 }, cancellationToken);
        if (Error is not null)
        {
            throw Error;
        }
    }
}
