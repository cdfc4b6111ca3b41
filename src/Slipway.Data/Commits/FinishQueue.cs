using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>Turns for the writers of a branch within this process. Branches share a fixed number of queues by their hash.</summary>
internal sealed class FinishQueue
{
    private readonly SemaphoreSlim[] _queues = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the turn; dispose the result to end it.</summary>
    public async ValueTask<IDisposable> EnterAsync(RepoName repo, BranchName branch, CancellationToken cancellationToken)
    {
        SemaphoreSlim queue = _queues[(uint)HashCode.Combine(repo, branch) % _queues.Length];
        await queue.WaitAsync(cancellationToken);
        return new Turn(queue);
    }

    private sealed class Turn(SemaphoreSlim queue) : IDisposable
    {
        public void Dispose() => queue.Release();
    }
}
